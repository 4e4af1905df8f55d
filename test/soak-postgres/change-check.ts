import type { Entry } from '../../src/core/entry.ts'
import { parseAddress } from '../../src/core/address.ts'
import { planFromText } from '../../src/store/plan-text.ts'
import type { RunInfo, Store } from '../../src/store/store.ts'
import type { Change } from './oracle.ts'

/** What a server has once, and no database notes. */
const OF_THE_SERVER = ['role', 'membership']

/** Compares the transactions that a database noted with the steps that are recorded as done: as many, and none twice. */
export async function checkChanges(store: Store, runs: readonly RunInfo[], changes: readonly Change[]): Promise<readonly string[]> {
  let steps = 0
  let grants = 0
  for (const { stack, id, plan: planId } of runs) {
    const entries: Entry[] = []
    for await (const entry of store.entries(stack, id)) entries.push(entry)
    const plan = await planFromText((await store.get(stack, 'plan', planId)) ?? '')
    // What was found gone already, before anything was sent, is no change.
    const sent = new Set(entries.flatMap((entry) => (entry.kind === 'started' ? [entry.step] : [])))
    const done = new Set(entries.flatMap((entry) => (entry.kind === 'succeeded' && sent.has(entry.step) ? [entry.step] : [])))
    for (const { address, steps: parts } of plan.actions) {
      const { type } = parseAddress(address)
      const count = parts.filter(({ key, call }) => done.has(key) && call !== 'forget').length
      if (type === 'grant') grants += count
      else if (!OF_THE_SERVER.includes(type)) steps += count
    }
  }
  // What is granted already is granted once more without a word.
  const isGrant = ({ tags }: Change): boolean => tags.every((tag) => tag === 'GRANT' || tag === 'REVOKE')
  const others = changes.filter((change) => !isGrant(change))
  const granted = changes.length - others.length
  return [
    ...(others.length === steps ? [] : [`${steps} steps are recorded as done, and the database noted ${others.length} changes`]),
    ...(granted >= grants ? [] : [`${grants} steps of grants are recorded as done, and the database noted ${granted}`]),
  ]
}
