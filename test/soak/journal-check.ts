import type { Entry } from '../../src/core/entry.ts'
import type { Plan } from '../../src/core/plan.ts'
import { planFromText } from '../../src/store/plan-text.ts'
import type { RunInfo, Store } from '../../src/store/store.ts'
import { parseAddress } from '../../src/core/address.ts'
import type { Write } from './messages.ts'

/** What the journal of a run says. */
export interface JournalCheck {
  readonly faults: readonly string[]
  /** Last lines that a crash had cut. */
  readonly torn: number
  readonly resumes: number
  /** Steps that were found done by asking. */
  readonly adopted: number
  readonly plan: Plan
}

/** Reads a run that has ended: its journal is whole, every step was done once and after what it waits for. */
export async function checkJournal(store: Store, { stack, id, plan: planId }: RunInfo): Promise<JournalCheck> {
  const faults: string[] = []
  let torn = 0
  const entries: Entry[] = []
  for await (const entry of store.entries(stack, id, { onTorn: () => torn++ })) entries.push(entry)
  const plan = await planFromText((await store.get(stack, 'plan', planId)) ?? '')
  const steps = new Map(plan.actions.flatMap((action) => action.steps.map((step) => [step.key, step] as const)))
  const succeeded = new Set<string>()
  const keys = new Map<string, string>()
  let adopted = 0
  entries.forEach((entry, at) => {
    const fault = (what: string): void => void faults.push(`run ${id}, entry ${at + 1}: ${what}`)
    if (at === 0 && entry.kind !== 'run-started') fault(`the first entry is ${entry.kind}`)
    if (!('step' in entry)) return
    const step = steps.get(entry.step)
    if (step === undefined) return fault(`names ${entry.step}, which the plan does not have`)
    if (succeeded.has(entry.step)) fault(`${entry.kind} of ${entry.step}, which has succeeded before`)
    if (entry.kind === 'failed' || entry.kind === 'stale' || entry.kind === 'skipped' || entry.kind === 'interrupted') keys.delete(entry.step)
    if (entry.kind === 'started') {
      const open = step.after.filter((key) => !succeeded.has(key))
      if (open.length > 0) fault(`${entry.step} was started before ${open.join(', ')} had succeeded`)
      const known = keys.get(entry.step)
      if (known !== undefined && known !== entry.idempotencyKey) fault(`${entry.step} has another idempotency key, and had not failed`)
      keys.set(entry.step, entry.idempotencyKey)
    }
    if (entry.kind === 'succeeded') {
      succeeded.add(entry.step)
      if (entry.adopted === true) adopted++
    }
  })
  for (const key of steps.keys()) if (!succeeded.has(key)) faults.push(`run ${id}: ${key} has not succeeded`)
  const last = entries.at(-1)
  if (last?.kind !== 'run-ended' || last.outcome !== 'succeeded' || last.open) faults.push(`run ${id}: the last entry is ${JSON.stringify(last)}`)
  return { faults, torn, resumes: entries.filter(({ kind }) => kind === 'run-resumed').length, adopted, plan }
}

const SET_BY_PUT = ['api_publication', 'portal_customization', 'portal_auth_settings']

/** Compares the writes that a server saw with the plan that was carried out: each object was made once and removed once, and nothing was refused. */
export function checkWrites(plan: Plan, writes: readonly Write[]): readonly string[] {
  const faults = writes.filter(({ status }) => status >= 400).map(({ method, path, status }) => `the server refused ${method} ${path} with ${status}`)
  const steps = plan.actions.flatMap((action) => action.steps.map((step) => ({ ...step, type: String(parseAddress(action.address).type) })))
  const count = (method: string): number => writes.filter((write) => write.method === method && write.status < 400).length
  const creates = steps.filter(({ call, type }) => call === 'create' && !SET_BY_PUT.includes(type)).length
  const deletes = steps.filter(({ call, type }) => call === 'delete' && !type.startsWith('portal_customization')).length
  if (count('POST') !== creates) faults.push(`the plan has ${creates} creates, the server made ${count('POST')}`)
  if (count('DELETE') !== deletes) faults.push(`the plan has ${deletes} deletes, the server removed ${count('DELETE')}`)
  return faults
}

/** Compares what is recorded with what is declared. What is `adrift` need not be recorded. */
export async function checkState(store: Store, stack: string, addresses: readonly string[], adrift: ReadonlySet<string>): Promise<readonly string[]> {
  const state = await store.load(stack)
  const recorded = new Set<string>(state?.resources.keys() ?? [])
  const declared = new Set(addresses)
  return [
    ...addresses.filter((address) => !recorded.has(address) && !adrift.has(address)).map((address) => `${address} is not recorded`),
    ...[...recorded].filter((address) => !declared.has(address)).map((address) => `${address} is recorded and not declared`),
  ]
}
