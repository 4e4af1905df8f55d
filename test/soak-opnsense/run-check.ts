import type { Entry } from '../../src/core/entry.ts'
import type { Plan } from '../../src/core/plan.ts'
import { planFromText } from '../../src/store/plan-text.ts'
import type { RunInfo, Store } from '../../src/store/store.ts'

/** What the journal of a run says. */
export interface RunCheck {
  readonly faults: readonly string[]
  readonly plan: Plan
  readonly resumes: number
  /** Steps that were found done by asking. */
  readonly adopted: number
  /** Last lines that a crash had cut. */
  readonly torn: number
  /** Times that something was settled. */
  readonly settled: number
  /** What it came to; undefined: it has not ended. */
  readonly outcome: string | undefined
}

/**
 * Reads the journal of a run: each write was done once, after what it waits for, and was recorded as unsettled before; none is
 * left so when the run is over. `dirty`: groups that the runs before it left unsettled; becomes those that it leaves.
 */
export async function checkRun(store: Store, { stack, id, plan: planId }: RunInfo, dirty: Set<string>): Promise<RunCheck> {
  const faults: string[] = []
  const entries: Entry[] = []
  let torn = 0
  for await (const entry of store.entries(stack, id, { onTorn: () => torn++ })) entries.push(entry)
  const plan = await planFromText((await store.get(stack, 'plan', planId)) ?? '')
  const steps = new Map(plan.actions.flatMap((action) => action.steps.map((step) => [step.key, { ...step, settles: action.settles }] as const)))
  const groupOf = (key: string | undefined): string | undefined => (key === undefined ? undefined : steps.get(key)?.settles)
  const succeeded = new Set<string>()
  const keys = new Map<string, string>()
  const open = new Set<string>()
  const total = { adopted: 0, resumes: 0, settled: 0 }
  entries.forEach((entry, at) => {
    const fault = (what: string): void => void faults.push(`run ${id}, entry ${at + 1} (${entry.kind}): ${what}`)
    if ((at === 0) !== (entry.kind === 'run-started')) fault(at === 0 ? 'it is the first' : 'it is not the first')
    if (entry.kind === 'dirtied') dirty.add(entry.group)
    if (entry.kind === 'cleaned') dirty.delete(entry.group)
    if (entry.kind === 'run-resumed') {
      total.resumes++
      open.clear()
    }
    if (!('step' in entry)) return
    const step = steps.get(entry.step)
    if (step === undefined) return fault(`names ${entry.step}, which the plan does not have`)
    const isSettler = step.call === 'settle'
    if (succeeded.has(entry.step) && !isSettler) fault(`${entry.step} has succeeded before`)
    if (entry.kind === 'failed' || entry.kind === 'stale' || entry.kind === 'skipped' || entry.kind === 'interrupted') keys.delete(entry.step)
    if (entry.kind !== 'started') open.delete(entry.step)
    if (entry.kind === 'started') {
      const waits = step.after.filter((key) => !succeeded.has(key) && !(isSettler && steps.get(key)?.call !== undefined))
      if (waits.length > 0) fault(`${entry.step} was started before ${waits.join(', ')} had succeeded`)
      const writing = isSettler ? [...open].filter((key) => groupOf(steps.get(key)?.settledBy) === step.settles) : []
      if (writing.length > 0) fault(`${entry.step} was started while ${writing.join(', ')} was under way`)
      const known = keys.get(entry.step)
      if (known !== undefined && known !== entry.idempotencyKey) fault(`${entry.step} has another idempotency key, and had not failed`)
      keys.set(entry.step, entry.idempotencyKey)
      open.add(entry.step)
    }
    if (entry.kind === 'succeeded') {
      succeeded.add(entry.step)
      if (entry.adopted === true) total.adopted++
      const group = isSettler ? undefined : groupOf(step.settledBy)
      if (group !== undefined && entry.adapted === undefined && !dirty.has(group)) fault(`${entry.step} was written, and ${group} was not recorded as unsettled`)
      if (entry.change !== undefined && 'settled' in entry.change) {
        total.settled++
        dirty.delete(entry.change.settled)
      }
    }
  })
  const last = entries.at(-1)
  if (last?.kind !== 'run-ended') faults.push(`run ${id}: its last entry is ${JSON.stringify(last)}`)
  else if (last.open) faults.push(`run ${id} is left open: ${JSON.stringify(last)}`)
  // What is abandoned is left to the next plan, and what is taken back to the run that does so.
  if (last?.kind === 'run-ended' && last.outcome !== 'abandoned' && last.outcome !== 'rolled-back' && dirty.size > 0) faults.push(`run ${id} came to ${last.outcome} and left ${[...dirty].join(', ')} unsettled`)
  if (last?.kind === 'run-ended' && last.outcome === 'succeeded') for (const [key, { call }] of steps) if (!succeeded.has(key) && call !== 'settle') faults.push(`run ${id}: ${key} has not succeeded`)
  return { faults, plan, torn, outcome: last?.kind === 'run-ended' ? last.outcome : undefined, ...total }
}
