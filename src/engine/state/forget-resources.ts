import { StoreError } from '../../core/errors.ts'
import { suggest } from '../../core/nearest.ts'
import type { State } from '../../core/state.ts'
import { changeRecords, type ChangeRecordsOptions, type Forgotten } from './change-records.ts'

/** How to forget resources. The default `holder` is `forget`. */
export interface ForgetOptions extends ChangeRecordsOptions {
  /** True: also what others that stay recorded depend on. Default: that is refused. */
  readonly force?: boolean
}

/**
 * Takes resources out of what is recorded, under a lease, after a copy of the state was kept. On the backend nothing changes:
 * the objects stay, and no plan changes or deletes them any more, unless a mark on the backend says that they are ours, or what
 * declares them says `adopt: true`. The state has another origin afterwards: plans that were made before are refused. Who takes
 * back the last run takes back all that it did, also of what is forgotten by then.
 *
 * Throws `store` for addresses that are not recorded and for what others depend on, and names all of them; `open-run` while a
 * run has not ended; `lease-held`, `lease-lost`, and what the store throws. Nothing is changed then.
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, plan } from 'convergent'
 * import { forgetResources } from 'convergent/state'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const backend = createFakeBackend()
 * const options = { provider: backend.provider, store: memoryStore() }
 * const { named } = declare(backend.provider)
 * await apply(await plan([named('a', { name: 'a' }), named('b', { name: 'b' })], options), options)
 * const { forgotten } = await forgetResources(['named/a'], { ...options, holder: 'ann' })
 * forgotten.map(({ id }) => id) // => ['named-1']
 * const changes = await plan([], { ...options, mode: 'destroy' })
 * changes.actions.map(({ address }) => address) // => ['named/b']
 * backend.objects().length // => 2
 * ```
 */
export function forgetResources(addresses: readonly string[], options: ForgetOptions): Promise<Forgotten> {
  const chosen = new Set(addresses)
  return changeRecords({ holder: 'forget', ...options }, (state) => {
    refuseForgetting(chosen, state, options.force === true)
    return chosen
  })
}

/** Refuses what is not recorded, and, unless that is forced, what others need. Throws `store`. */
export function refuseForgetting(chosen: ReadonlySet<string>, state: Pick<State, 'stack' | 'resources'>, isForced: boolean): void {
  refuseUnknown(chosen, state)
  if (!isForced) refuseNeeded(chosen, state)
}

function refuseUnknown(chosen: ReadonlySet<string>, { stack, resources }: Pick<State, 'stack' | 'resources'>): void {
  const known: ReadonlySet<string> = new Set(resources.keys())
  const unknown = [...chosen].filter((address) => !known.has(address))
  if (unknown.length === 0) return
  const lines = unknown.map((address) => `${address}${suggest(address, known)}`)
  throw new StoreError(`stack ${stack} has recorded nothing of ${lines.join('\nnor of ')}\nNothing was changed; readState, or the command state, lists what is recorded`)
}

function refuseNeeded(chosen: ReadonlySet<string>, { stack, resources }: Pick<State, 'stack' | 'resources'>): void {
  const needed: string[] = []
  for (const { address, dependsOn } of resources.values()) {
    if (chosen.has(address)) continue
    const missed = dependsOn.filter((each) => chosen.has(each))
    if (missed.length > 0) needed.push(`${address} depends on ${missed.join(', ')}`)
  }
  if (needed.length === 0) return
  throw new StoreError(`stack ${stack} still needs what is to be forgotten:\n${needed.map((line) => `  - ${line}`).join('\n')}\nForget these too, or force it; nothing was changed`)
}
