import type { RequestFault } from '../../parts/request-faults.ts'

/**
 * What goes wrong with a request.
 * - `unavailable` (503, and no JSON), `error` (500), `rate-limited` (429): before anything happened. `error-after` (500): it happened all the same.
 * - `reset-before`, `reset-after`: the connection is cut, and it did not happen or it did.
 * - `slow`: it happens at once, and the reply comes `afterMs` later.
 * - `hang`: nothing happens, and nobody ever answers.
 */
export const requestFaultKinds = ['unavailable', 'error', 'rate-limited', 'error-after', 'reset-before', 'reset-after', 'slow', 'hang'] as const
/**
 * What goes wrong with the future that a request starts.
 * - `late`: it is carried out, and takes `afterMs`. `fail-late`: it takes as long, fails and does nothing. `fail`: the same at once.
 * - `stuck`: it never ends and is never carried out.
 * - `forgotten`: it is carried out, and the server does not know it.
 */
export const futureFaultKinds = ['late', 'fail-late', 'fail', 'stuck', 'forgotten'] as const
/** What goes wrong with a new recipe: `renames` gives it another name though the one asked for is free. */
export const recipeFaultKinds = ['renames'] as const
/** One of the first. */
export type RequestFaultKind = (typeof requestFaultKinds)[number]
/** One of the second. */
export type FutureFaultKind = (typeof futureFaultKinds)[number]
/** One of the third. */
export type RecipeFaultKind = (typeof recipeFaultKinds)[number]

/** Faults on demand: a request meets at most one of each sort. */
export interface ServerFault extends RequestFault<RequestFaultKind | FutureFaultKind | RecipeFaultKind> {
  /** How long a `late` or `fail-late` future takes and a `slow` reply waits, and when a `rate-limited` client may come again. Default: 1000. */
  readonly afterMs?: number
}

/** What a fault happens to. */
export function sortOf({ fault }: ServerFault): 'request' | 'future' | 'recipe' {
  if (futureFaultKinds.some((kind) => kind === fault)) return 'future'
  return recipeFaultKinds.some((kind) => kind === fault) ? 'recipe' : 'request'
}
