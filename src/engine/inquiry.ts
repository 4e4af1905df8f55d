import { parseAddress, type Address } from '../core/address.ts'
import type { Entry } from '../core/entry.ts'
import { PlanRefusedError } from '../core/errors.ts'
import { listUnknown, type RunRecord, type StepRecord } from '../core/journal.ts'
import { groupOfStep, layOutFlow, type Flow } from '../core/run/flow.ts'
import type { State, StateChange } from '../core/state.ts'
import { runInTurns } from '../store/turn.ts'
import { systemClock } from './clock.ts'
import { listKnownObjects } from './known-objects.ts'
import type { BaseOptions } from './options.ts'
import { loadPlan } from './plan-document.ts'
import type { ResourceType } from '../provider/provider.ts'
import { makeRead, type Reader } from './read-call.ts'
import { OperationWorker } from './operation/operation-worker.ts'
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

/** What asking about all unknown steps of a run came to. */
export interface Settlement {
  readonly settled: readonly Settled[]
  /** To be recorded. */
  readonly entries: readonly Entry[]
  /** What has happened and was not recorded changes in the state. */
  readonly changes: readonly StateChange[]
  /** Why nobody can say yet what will have become of an update or a delete: its task goes on. */
  readonly underWay: readonly string[]
}

/** Asks the backend about every step of a run whose outcome nobody recorded. Changes and records nothing. */
export async function settleUnknown(options: BaseOptions, planId: string, record: RunRecord, folded: State): Promise<Settlement> {
  const { clock = systemClock } = options
  const settled: Settled[] = []
  const entries: Entry[] = []
  const changes: StateChange[] = []
  const underWay: string[] = []
  const unknown = listUnknown(record)
  if (unknown.length === 0) return { settled, entries, changes, underWay }
  const ask = await prepareInquiry(options, planId, folded, record)
  for (const { step, ...rest } of unknown) {
    const { settled: answer, change, group, isUnderWay = false } = await ask({ step, ...rest })
    if (isUnderWay) underWay.push(`${step}: ${answer.message}`)
    const at = new Date(clock.now()).toISOString()
    settled.push(answer)
    if (change !== undefined) changes.push(change)
    // It may have landed after the last time that its group was settled.
    if (group !== undefined && answer.outcome !== 'did-not-happen') {
      changes.push({ dirtied: group })
      entries.push({ kind: 'dirtied', group, at })
    }
    if (answer.outcome === 'happened') entries.push({ kind: 'succeeded', step, ...(change && { change }), adopted: true, at })
    else if (answer.outcome === 'did-not-happen') entries.push({ kind: 'failed', step, error: { code: 'did-not-happen', message: answer.message }, at })
    else entries.push({ kind: 'interrupted', step, message: answer.message, at })
  }
  return { settled, entries, changes, underWay }
}

type Inquiry = (step: StepRecord) => Promise<{
  /** One for each step that was asked about. */
  readonly settled: Settled
  readonly change?: StateChange
  /** The group that makes effective what it wrote. */
  readonly group?: string | undefined
  /** True for an update or a delete whose task goes on. */
  readonly isUnderWay?: boolean
}>

/** Asks with the stored plan of the run: it says what each step was about. Without it, all stays unknown: a run must not stay open for good. */
async function prepareInquiry(options: BaseOptions, planId: string, state: State, record: RunRecord): Promise<Inquiry> {
  const { store, stack = 'default', provider, clock = systemClock } = options
  const plan = await loadPlan(store, stack, planId)
  if (plan === undefined) return async ({ step }) => ({ settled: { address: step.slice(step.indexOf(':') + 1) as Address, outcome: 'unknown', message: `plan ${planId}, which says how to ask for it, is not in the store any more; look for it by hand` } })
  const flow: Flow = await runInTurns(layOutFlow(plan.actions))
  const bounds = { timeoutMs: 60_000, abortGraceMs: 5_000, clock, signal: options.signal ?? new AbortController().signal }
  const reader: Reader = { provider, bounds, trace: () => undefined }
  const values = new RunValues(reader, options.resolvers ?? {}, state.resources.values(), listKnownObjects(plan, flow, record), options.sealer)
  const tools = { reader, bounds, values, digest: await createDigest(state.salt), sealer: options.sealer, recorded: state.resources }
  const resources = new ResourceWorker(tools)
  const operations = new OperationWorker(tools, async () => '', false)
  const askForTask = async (type: ResourceType, handle: string): ReturnType<NonNullable<ResourceType['awaitTask']>> => (type.awaitTask === undefined ? 'running' : makeRead(reader, type, async (context) => type.awaitTask?.(handle, context) ?? 'running', 1))
  return async (step) => {
    const index = flow.indexOf.get(step.step)
    if (index === undefined) throw new PlanRefusedError('altered', `the journal names the step ${step.step}, which plan ${planId} does not have`)
    const action = flow.actions[flow.actionOf[index] as number] as Flow['actions'][number]
    const work = { index, action, step: flow.steps[index] as Flow['steps'][number], handle: undefined }
    const { address } = action
    if (work.step.call === 'settle') return { settled: { address, outcome: 'did-not-happen', message: `${action.settles} may not be settled; the next plan does that` } }
    const group = groupOfStep(flow, index)
    try {
      const isOperation = work.step.call === 'run' || work.step.call === 'undo'
      const type = provider.types[parseAddress(address).type]
      const task = type === undefined || step.handle === undefined ? undefined : await askForTask(type, step.handle)
      if (task === 'failed') return { group, settled: { address, outcome: 'did-not-happen', message: `${work.step.call} did not happen: its task (${step.handle}) failed` } }
      const seen = isOperation ? await operations.probe(work) : await resources.probe(work, 4, task === 'partial')
      if (task === 'succeeded' && seen.answer === 'absent') return { group, settled: { address, outcome: 'unknown', message: `its task (${step.handle}) succeeded, and no read shows it; look for it by hand` } }
      // It may still become true.
      if (task === 'running' && seen.answer === 'absent') return { group, isUnderWay: type?.awaitTask !== undefined && work.step.call !== 'create', settled: { address, outcome: 'unknown', message: `its task (${step.handle}) is not over; resume waits for it` } }
      if (seen.answer === 'happened') return { group, settled: { address, outcome: 'happened', message: `${work.step.call} happened${seen.id === undefined ? '' : ` (id ${seen.id})`}; it is recorded now` }, ...(seen.change && { change: seen.change }) }
      if (seen.answer === 'absent') return { group, settled: { address, outcome: 'did-not-happen', message: `${work.step.call} did not happen` } }
      return { group, settled: { address, outcome: 'unknown', message: seen.message ?? `${parseAddress(address).type} cannot be asked; look for it by hand` } }
    } catch (error) {
      return { group, settled: { address, outcome: 'unknown', message: `asking failed: ${(error as Error).message}` } }
    }
  }
}
