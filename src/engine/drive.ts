import type { Address } from '../core/address.ts'
import type { ApiCall } from '../core/event.ts'
import type { RunResumedEntry, RunStartedEntry } from '../core/entry.ts'
import type { RunRecord } from '../core/journal.ts'
import type { HookEvent } from '../core/operation.ts'
import type { Plan } from '../core/plan.ts'
import { endsPortion } from '../core/portion.ts'
import type { ActionResult, RunResult } from '../core/result.ts'
import { layOutFlow, weighFlow } from '../core/run/flow.ts'
import { RunMachine } from '../core/run/machine.ts'
import { foldInPortions, type State, type StateChange } from '../core/state.ts'
import type { Lease, RunInfo, Store } from '../store/store.ts'
import { nextTurn, runInTurns } from '../store/turn.ts'
import type { Clock } from './clock.ts'
import type { RunEmitter } from './emitter.ts'
import { Executor } from './executor.ts'
import { createJournalWriter, silentJournal } from './journal-writer.ts'
import { listKnownObjects } from './known-objects.ts'
import { CheckpointKeeper, pruneCheckpoints } from './keep-checkpoint.ts'
import { HostDialog } from './host-dialog.ts'
import { groupSteps } from './limits.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { learnDurations } from './learn-durations.ts'
import type { ApplyOptions } from './options.ts'
import { HookedWorker } from './operation/hooked-worker.ts'
import { chooseWorker, createHooks } from './operation/set-up.ts'
import type { Reader } from './read-call.ts'
import { sampleProgress } from './sample.ts'
import { createDigest } from './secrets.ts'
import { RunValues } from './values.ts'

/** One run that is to be driven to its end. */
export interface Drive {
  readonly plan: Plan
  readonly options: ApplyOptions
  readonly emitter: RunEmitter
  /** Default: the emitter's. */
  readonly runId?: string
  readonly clock: Clock
  /** What is recorded, with what the run did before folded in. */
  readonly base: State
  /** Of the state as it is stored. */
  readonly serial: number
  /** Its first line, of this process. */
  readonly entry: RunStartedEntry | RunResumedEntry
  readonly commit: 'each' | 'success'
  /** Of the stack, before this one. Default: none; then every step counts the same. */
  readonly earlier?: readonly RunInfo[]
  /** What the run did before, where it is resumed. */
  readonly record?: RunRecord
  /** Absent: it is a rehearsal, nothing is recorded or changed. */
  readonly keeper: LeaseKeeper | undefined
}

/** What a run came to. `takesBack`: somebody chose to have it taken back. */
export interface Driven {
  readonly result: RunResult
  readonly takesBack: boolean
}

/** Drives one run to its end. */
export async function driveRun({ plan, options, emitter, runId = emitter.id, clock, base, serial, entry, commit, earlier = [], record, keeper }: Drive): Promise<Driven> {
  const { provider, store, concurrency = 10, retry, breaker } = options
  const lease = keeper?.lease
  const dryRun = lease === undefined
  const plain = await runInTurns(layOutFlow(plan.actions, plan.phases))
  const groups = await runInTurns(groupSteps(plain, provider, options, plan.phases))
  // Where all can start at once there is no order to choose.
  const durations = plain.steps.length > concurrency || groups !== undefined ? await learnDurations(options.store, plan.stack, earlier) : undefined
  const flow = durations === undefined ? plain : weighFlow(plain, (step) => durations.weigh(step))
  const killer = new AbortController()
  const bounds = { timeoutMs: options.timeoutMs ?? 60_000, abortGraceMs: options.abortGraceMs ?? 5_000, clock, signal: killer.signal }
  const hooks = createHooks(plan, options, bounds, runId, lease?.fence)
  const decide = dryRun ? undefined : options.decide
  const machine = new RunMachine(flow, {
    runId,
    concurrency,
    ...(groups && { groups }),
    onFailure: dryRun || options.onFailure === 'continue' ? 'continue' : 'stop',
    retry: { attempts: retry?.attempts ?? 4, baseMs: retry?.baseMs ?? 500, maxMs: retry?.maxMs ?? 30_000 },
    ...(breaker !== false && !dryRun && { breakerFailures: breaker?.failures ?? 6 }),
    commit,
    ...(decide && { decides: true }),
    ...(base.unsettled && { unsettled: base.unsettled }),
    ...(options.onFailure === 'rollback' && !dryRun && { takesBack: true }),
    ...(hooks && { hasHook: (on: HookEvent, phase: string | undefined) => hooks.has(on, phase) }),
  })
  // To lay out many actions takes a while, and so does to begin with them.
  if (flow.steps.length > 1_000) await nextTurn()
  let requests = 0
  const trace = (call: ApiCall, address?: Address): void => {
    requests++
    emitter.emit('call:finished', { call, ...(address !== undefined && { address }) })
  }
  const reader: Reader = { provider, bounds, trace }
  const values = new RunValues(reader, options.resolvers ?? {}, base.resources.values(), listKnownObjects(plan, flow, record), options.sealer)
  const tools = { reader, bounds, values, digest: await createDigest(base.salt), sealer: options.sealer, recorded: base.resources }
  const keepsCheckpoints = options.checkpointEvery !== undefined || flow.phases.length > 0
  const checkpoints = dryRun || !keepsCheckpoints ? undefined : new CheckpointKeeper(store, base, options.checkpointEvery ?? Infinity, clock, runId)
  const worker = chooseWorker(plan, tools, store, runId, dryRun)
  const host = new HostDialog({ flow, emitter, hooks, decide, clock })
  const executor: Executor = new Executor({
    flow,
    machine,
    worker: hooks === undefined ? worker : new HookedWorker(worker, hooks, (results) => executor.signal({ kind: 'hooked', results, awaited: false })),
    host,
    checkpoint: async (phase, changes) => {
      const kept = await checkpoints?.notePhase(phase, changes)
      if (kept !== undefined) host.noteCheckpoint(phase, kept.id)
    },
    journal: lease === undefined ? silentJournal : createJournalWriter(store, lease, runId, clock),
    emitter,
    provider,
    clock,
    concurrency,
    keeper,
    actionTimeoutMs: options.actionTimeoutMs,
    ...(checkpoints && { afterRecord: (changes) => checkpoints.note(changes) }),
    trace,
    handles: record === undefined ? [] : [...record.steps.values()].flatMap(({ step, handle }) => (handle === undefined ? [] : [[flow.indexOf.get(step) as number, handle] as const])),
    commit: (changes) => (lease === undefined ? Promise.resolve() : commitState(store, { base, serial, earlier: record?.changes ?? [], changes, lease })),
  })
  keeper?.onDoubt((reason) => executor.pause(reason))
  const cancel = (): void => executor.signal({ kind: 'cancelled' })
  const kill = (): void => {
    executor.signal({ kind: 'cancelled', abrupt: true })
    killer.abort()
  }
  const stopDeadline = options.deadlineMs === undefined ? undefined : clock.after(options.deadlineMs, kill)
  options.signal?.addEventListener('abort', kill, { once: true })

  const startedMs = clock.monotonic()
  emitter.emit('run:started', { runId, planId: plan.id, stack: plan.stack, mode: plan.mode, total: plan.actions.length, dryRun, resumed: record !== undefined })
  let settled = 0
  flow.actions.forEach((action, position) => {
    if (action.blocked !== undefined) emitter.emit('action:blocked', { action, result: machine.ledger.resultOf(position), progress: executor.progress(++settled) })
  })
  try {
    if (options.signal?.aborted === true) kill()
    emitter.attach({ cancel, pause: (message) => executor.signal({ kind: 'paused', message }), sample: (everyMs, end) => sampleProgress(() => executor.progress(), clock, everyMs, end) })
    if (record !== undefined) await runInTurns(machine.restore(record, clock.monotonic()))
    executor.signal({ kind: 'began', entry, ...(record && { record }) })
    const ending = await executor.ended
    await checkpoints?.finish()
    if (checkpoints !== undefined) await pruneCheckpoints(store, plan.stack, options.keep?.checkpoints ?? 5)
    const actions: ActionResult[] = []
    for (const position of flow.actions.keys()) {
      if (endsPortion(position)) await nextTurn()
      actions.push(machine.ledger.resultOf(position))
    }
    const result: RunResult = {
      runId,
      planId: plan.id,
      stack: plan.stack,
      mode: plan.mode,
      outcome: ending.outcome,
      ...(ending.message !== undefined && { message: ending.message }),
      success: ending.outcome === 'succeeded',
      counts: { ...machine.ledger.counts },
      actions,
      errors: actions.flatMap(({ address, error }) => (error === undefined ? [] : [{ address, error }])),
      requests,
      durationMs: clock.monotonic() - startedMs,
      dryRun,
      open: !dryRun && ending.open,
    }
    return { result, takesBack: ending.takesBack }
  } finally {
    stopDeadline?.()
    options.signal?.removeEventListener('abort', kill)
    killer.abort()
  }
}

/** What a commit makes of a state. `earlier`: changes of earlier processes of the run, which `base` has and the store has not. */
interface Committing {
  readonly base: State
  readonly serial: number
  readonly earlier: readonly StateChange[]
  readonly changes: readonly StateChange[]
  readonly lease: Lease
}

async function commitState(store: Store, { base, serial, earlier, changes, lease }: Committing): Promise<void> {
  if (earlier.length + changes.length === 0) return
  const next = await runInTurns(foldInPortions(base, changes))
  // What was dirtied and is settled again leaves no trace.
  if (earlier.length === 0 && !changes.some((change) => 'put' in change || 'remove' in change) && String(next.unsettled) === String(base.unsettled)) return
  await store.commit({ ...next, serial: serial + 1 }, { expectedSerial: serial, lease })
}
