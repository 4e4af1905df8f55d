import type { FaultKind } from '../core/errors.ts'
import type { SettleRules } from '../core/settle-rules.ts'
import type { CallContext, ReadContext } from './context.ts'

/**
 * A backend's own "now make it effective" call: reload, reconfigure, commit. It is made once for a group, after the last write of
 * the types that name it; also after a failure, when a run is cancelled, resumed or taken back. What it could not settle is
 * recorded, and the next plan has it.
 *
 * @example
 * ```ts
 * import { apply, declare, defineProvider, defineType, memoryStore, plan } from 'convergent'
 *
 * const saved = new Map<string, object>()
 * let live: readonly string[] = []
 * const rule = defineType({
 *   settleGroup: 'filter',
 *   read: async ({ id }) => (saved.has(id) ? { id, outputs: {} } : undefined),
 *   create: async ({ name }) => (saved.set(name, {}), { id: name, outputs: {} }),
 *   update: async ({ id }) => ({ id, outputs: {} }),
 *   delete: async ({ id }) => void saved.delete(id),
 * })
 * const provider = defineProvider({
 *   name: 'firewall',
 *   types: { rule },
 *   settleGroups: { filter: { settle: async () => void (live = [...saved.keys()]), isReady: async () => live.length === saved.size } },
 * })
 * const declared = declare(provider)
 * const options = { provider, store: memoryStore() }
 * const changes = await plan([declared.rule('ssh', {}), declared.rule('http', {})], options)
 * changes.actions.map(({ address }) => address) // => ['rule/ssh', 'rule/http', 'settle/filter']
 * await apply(changes, options)
 * live // => ['ssh', 'http']
 * ```
 */
export interface SettleGroup extends SettleRules {
  /** Makes effective what was written. It may be called again: after a crash, and where its reply was lost. */
  settle(context: CallContext): Promise<void>
  /** True when it is effective; a text says why not yet. Asked until it is. Default: it is when `settle` has returned. */
  isReady?(context: ReadContext): Promise<boolean | string>
  /** When it is not ready after this, in milliseconds, it has failed. Default: 60,000. */
  readonly readyWithinMs?: number
  /** Between two questions whether it is ready, in milliseconds. Default: 1,000. */
  readonly pollEveryMs?: number
  /** Shares a key with types whose writes must not run beside it. Default: none. */
  readonly serialKey?: string
  /** Each attempt of `settle` is aborted after this. Default: the run's. */
  readonly timeoutMs?: number
  /** Says how a fault is to be treated; undefined leaves it to the provider and then to the engine. */
  classify?(error: unknown): FaultKind | undefined
}
