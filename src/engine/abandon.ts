import { parseAddress, type Address } from '../core/address.ts'
import type { Entry } from '../core/entry.ts'
import { PlanRefusedError, StoreError } from '../core/errors.ts'
import { listUnknown, type StepRecord } from '../core/journal.ts'
import type { Plan } from '../core/plan.ts'
import { layOutFlow, type Flow } from '../core/run/flow.ts'
import { foldChanges, type State, type StateChange } from '../core/state.ts'
import { planFromText } from '../store/plan-text.ts'
import { systemClock } from './clock.ts'
import type { BaseOptions } from './options.ts'
import type { Reader } from './read-call.ts'
import { readRun } from './recorded.ts'
import { ResourceWorker } from './resource-worker.ts'
import { createDigest } from './secrets.ts'
import { RunValues } from './values.ts'

/** What the backend said of one step whose outcome nobody had recorded. */
export interface Settled {
  /** The resource. */
  readonly address: Address
  /** What has become of it. */
  readonly outcome: 'happened' | 'did-not-happen' | 'unknown'
  /** In words, with what to do where it stays unknown. */
  readonly message: string
}

/** What abandoning a run came to. */
export interface Abandoned {
  /** The run. */
  readonly runId: string
  /** One for each step that was asked about. */
  readonly settled: readonly Settled[]
}

/**
 * Settles a run that has not ended and closes it: asks the backend about every step whose outcome nobody recorded, records
 * what happened, and commits the state. Nothing of the plan is carried on; plan again afterwards. `runId`: default the
 * stack's open run.
 *
 * Throws `store` when there is no such open run, `lease-held`, and what the store throws.
 */
export async function abandon(runId: string | undefined, options: BaseOptions): Promise<Abandoned> {
  const { store, stack = 'default', clock = systemClock } = options
  const lease = await store.claim(stack, 'abandon')
  try {
    const runs = await store.runs(stack)
    const run = runId === undefined ? runs.find((each) => !each.ended) : runs.find((each) => each.id === runId)
    if (run === undefined) throw new StoreError(runId === undefined ? `stack ${stack} has no open run; there is nothing to abandon` : `stack ${stack} has no run ${runId}; it has ${runs.map((each) => each.id).join(', ') || 'none'}`)
    if (run.ended) throw new StoreError(`run ${run.id} of stack ${stack} has ended; there is nothing to abandon`)
    const { record } = await readRun(store, stack, run.id)
    const at = (): string => new Date(clock.now()).toISOString()
    const state = await store.load(stack)
    const base: State = state ?? { stack, serial: 0, lineage: record.header?.lineage ?? clock.id(), salt: record.header?.salt ?? '', resources: new Map() }
    const folded: State = { ...base, resources: foldChanges(base.resources, record.changes) }

    const entries: Entry[] = []
    const settled: Settled[] = []
    const changes: StateChange[] = [...record.changes]
    const unknown = listUnknown(record)
    const ask = unknown.length === 0 ? undefined : await prepareInquiry(options, run.plan, folded)
    for (const step of unknown) {
      const answer = await (ask as NonNullable<typeof ask>)(step)
      settled.push(answer.settled)
      if (answer.change !== undefined) changes.push(answer.change)
      if (answer.settled.outcome === 'happened') entries.push({ kind: 'succeeded', step: step.step, ...(answer.change && { change: answer.change }), adopted: true, at: at() })
      else if (answer.settled.outcome === 'did-not-happen') entries.push({ kind: 'failed', step: step.step, error: { code: 'did-not-happen', message: answer.settled.message }, at: at() })
      else entries.push({ kind: 'interrupted', step: step.step, message: answer.settled.message, at: at() })
    }
    if (entries.length > 0) await store.append(lease, run.id, entries)
    if (changes.length > 0) await store.commit({ ...base, serial: base.serial + 1, resources: foldChanges(base.resources, changes) }, { expectedSerial: base.serial, lease })
    await store.append(lease, run.id, [{ kind: 'run-ended', outcome: 'abandoned', open: false, at: at() }])
    return { runId: run.id, settled }
  } finally {
    await store.release(lease).catch(() => undefined)
  }
}

type Inquiry = (step: StepRecord) => Promise<{
  /** One for each step that was asked about. */
  readonly settled: Settled
  readonly change?: StateChange
}>

/** Asks with the stored plan of the run: it says what each step was about. */
async function prepareInquiry(options: BaseOptions, planId: string, state: State): Promise<Inquiry> {
  const { store, stack = 'default', provider, clock = systemClock } = options
  const text = await store.get(stack, 'plan', planId)
  if (text === undefined) throw new PlanRefusedError('truncated', `plan ${planId} of the run is not in the store, so what its steps were about is unknown; put it back and try again`)
  const plan: Plan = await planFromText(text)
  const flow: Flow = layOutFlow(plan.actions)
  const bounds = { timeoutMs: 60_000, abortGraceMs: 5_000, clock, signal: options.signal ?? new AbortController().signal }
  const reader: Reader = { provider, bounds, trace: () => undefined }
  const values = new RunValues(reader, options.resolvers ?? {}, state.resources.values(), plan.objects)
  const worker = new ResourceWorker({ reader, bounds, values, digest: await createDigest(state.salt), recorded: state.resources })
  return async (step) => {
    const index = flow.indexOf.get(step.step)
    if (index === undefined) throw new PlanRefusedError('altered', `the journal names the step ${step.step}, which plan ${planId} does not have`)
    const action = flow.actions[flow.actionOf[index] as number] as Flow['actions'][number]
    const work = { index, action, step: flow.steps[index] as Flow['steps'][number], handle: undefined }
    const { address } = action
    try {
      const seen = await worker.probe(work, 4)
      if (seen.answer === 'happened') return { settled: { address, outcome: 'happened', message: `${work.step.call} happened${seen.id === undefined ? '' : ` (id ${seen.id})`}; it is recorded now` }, ...(seen.change && { change: seen.change }) }
      if (seen.answer === 'absent') return { settled: { address, outcome: 'did-not-happen', message: `${work.step.call} did not happen` } }
      return { settled: { address, outcome: 'unknown', message: seen.message ?? `${parseAddress(address).type} cannot be asked; look for it by hand` } }
    } catch (error) {
      return { settled: { address, outcome: 'unknown', message: `asking failed: ${(error as Error).message}` } }
    }
  }
}
