import type { Store } from '../../store/store.ts'
import { loadRecorded, type Recorded } from '../recorded.ts'

/** Where a state is kept. */
export interface ReadStateOptions {
  /** Keeps the stack. */
  readonly store: Store
  /** Default: `default`. */
  readonly stack?: string
}

/**
 * What is recorded of a stack now; what an open run has done since is counted. Nobody is asked but the store, and nothing is
 * claimed: it can be called while a run goes on. Its `salt` is the key of the digests of secrets, and belongs nowhere else.
 *
 * Throws `format` where the state or the open run's journal is damaged, and what the store throws.
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, plan } from 'convergent'
 * import { readState } from 'convergent/state'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const options = { provider, store: memoryStore() }
 * await apply(await plan([declare(provider).named('front', { name: 'front' })], options), options)
 * const { state, openRun } = await readState(options)
 * state?.resources.get('named/front')?.id // => 'named-1'
 * openRun // => undefined
 * ```
 */
export function readState({ store, stack = 'default' }: ReadStateOptions): Promise<Recorded> {
  return loadRecorded(store, stack)
}
