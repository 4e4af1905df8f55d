import type { RequestFault } from '../../parts/request-faults.ts'

/**
 * What goes wrong with a request.
 * - `unavailable` (503) and `error` (500): before anything happened. `error-after` (500): it happened all the same.
 * - `reset-before`, `reset-after`: the connection is cut, and it did not happen or it did.
 * - `reset-late`: the connection is cut at once, and it happens `afterMs` later.
 * - `hang`: nothing happens, and nobody ever answers.
 * - `warning`: HTTP 200 with an `errorMessage`, and nothing happened.
 * - `in-vain`: an apply or reconfigure says ok, and nothing becomes live.
 */
export const faultKinds = ['unavailable', 'error', 'error-after', 'reset-before', 'reset-after', 'reset-late', 'hang', 'warning', 'in-vain'] as const
/** One of them. */
export type ServerFaultKind = (typeof faultKinds)[number]

/** Faults on demand. */
export interface ServerFault extends RequestFault<ServerFaultKind> {
  /** When a `reset-late` happens after all. Default: 50. */
  readonly afterMs?: number
}
