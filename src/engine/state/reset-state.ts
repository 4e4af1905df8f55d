import { changeRecords, type ChangeRecordsOptions, type Forgotten } from './change-records.ts'

/**
 * Takes everything out of what is recorded, under a lease, after a copy of the state was kept: what a rebuild of the state from
 * the backend begins with. What is marked as ours there, or declared with `adopt: true`, is recorded again by the next apply. On the backend nothing changes; the history of runs stays, and so does what was written and is not
 * settled. Plans that were made before are refused. The default `holder` is `reset`.
 *
 * Throws as `forgetResources` does.
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, plan } from 'convergent'
 * import { resetState } from 'convergent/state'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const options = { provider, store: memoryStore() }
 * const desired = [declare(provider).named('a', { name: 'a' }, { adopt: true })]
 * await apply(await plan(desired, options), options)
 * const { forgotten } = await resetState(options)
 * forgotten.length // => 1
 * // It is found by its natural key, and taken over.
 * const again = await apply(await plan(desired, options), options)
 * again.actions.map(({ id }) => id) // => ['named-1']
 * ```
 */
export function resetState(options: ChangeRecordsOptions): Promise<Forgotten> {
  return changeRecords({ holder: 'reset', ...options }, ({ resources }) => new Set(resources.keys()))
}
