import type { RequestFault } from '../../parts/request-faults.ts'

/**
 * What goes wrong with a request.
 * - `unavailable` (503, and no JSON), `error` (500), `rate-limited` (429): before anything happened. `error-after` (500): it happened all the same.
 * - `reset-before`, `reset-after`: the connection is cut, and it did not happen or it did.
 * - `hang`: nothing happens, and nobody ever answers.
 * - `expire`: the token expires right before the request.
 */
export const requestFaultKinds = ['unavailable', 'error', 'rate-limited', 'error-after', 'reset-before', 'reset-after', 'hang', 'expire'] as const
/**
 * What goes wrong with the order that a request gives.
 * - `late`: it is carried out, and takes `afterMs`. `fail-late`: it takes as long, fails and does nothing. `fail`: the same at once.
 * - `stuck`: it never ends and is never carried out; others do not wait for it.
 * - `forgotten`: it is carried out, and its page is 404.
 */
export const orderFaultKinds = ['late', 'fail-late', 'fail', 'stuck', 'forgotten'] as const
/** One of the first. */
export type RequestFaultKind = (typeof requestFaultKinds)[number]
/** One of the second. */
export type OrderFaultKind = (typeof orderFaultKinds)[number]

/** Faults on demand: a request meets at most one of each sort. */
export interface ServerFault extends RequestFault<RequestFaultKind | OrderFaultKind> {
  /** How long a `late` or `fail-late` order takes, and when a `rate-limited` client may come again. Default: 1000. */
  readonly afterMs?: number
}

/** True for what goes wrong with the order, not with the request. */
export function isOrderFault({ fault }: ServerFault): boolean {
  return orderFaultKinds.some((kind) => kind === fault)
}
