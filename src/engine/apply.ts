import type { Entry } from '../core/entry.ts'
import type { Plan } from '../core/plan.ts'
import type { RunResult } from '../core/result.ts'
import { layOutFlow } from '../core/run/flow.ts'
import { RunMachine } from '../core/run/machine.ts'
import { foldChanges, type State, type StateChange } from '../core/state.ts'
import { splitPlan } from '../format/plan.ts'
import { planToText } from '../store/plan-text.ts'
import type { Lease, Store } from '../store/store.ts'
import { admitPlan, admitToStack } from './admission.ts'
import { nextTask, systemClock, type Clock } from './clock.ts'
import { DryWorker } from './dry-worker.ts'
import { RunEmitter } from './emitter.ts'
import { Executor } from './executor.ts'
import { createJournalWriter, silentJournal } from './journal-writer.ts'
import type { ApplyOptions } from './options.ts'
import type { Reader } from './read-call.ts'
import { ResourceWorker } from './resource-worker.ts'
import type { Run } from './run.ts'
import { createDigest, createSalt } from './secrets.ts'
import { RunValues } from './values.ts'

/**
 * Applies exactly what was planned: in parallel, in dependency order, each step recorded durably. Returns at once; the
 * first event comes after the current task.
 *
 * `run.result` (or `await run`) resolves for every outcome. It rejects only before the first action (`plan-refused`,
 * `open-run`, `lease-held`, `declaration`, `format`, `store`) or when the journal cannot be written (`store`, `lease-lost`).
 *
 * @example
 * ```ts
 * import { apply, declare, memoryStore, plan } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const store = memoryStore()
 * const { named } = declare(provider)
 * const changes = await plan([named('front', { name: 'front' })], { provider, store })
 * const run = apply(changes, { provider, store, concurrency: 10 })
 * run.on('action:succeeded', ({ action }) => console.log(action.address))
 * const result = await run.result
 * result.outcome // => 'succeeded'
 * ```
 */
export function apply(plan: Plan, options: ApplyOptions): Run {
  const { clock = systemClock } = options
  let isCancelled = false
  let cancel = (): void => {
    isCancelled = true
  }
  const emitter = new RunEmitter(clock.id(), () => cancel())
  const onCancel = (whenCancelled: () => void): void => {
    cancel = whenCancelled
    if (isCancelled) whenCancelled()
  }
  const start = async (): Promise<RunResult> => {
    await nextTask()
    const order: Order = { plan: admitPlan(plan, options, clock.now()), options, emitter, clock, onCancel }
    return options.dryRun === true ? rehearse(order) : runForReal(order)
  }
  start().then(
    (result) => emitter.succeed(result),
    (error: unknown) => emitter.fail(error),
  )
  return emitter
}

/** One apply, as it was ordered. */
interface Order {
  readonly plan: Plan
  readonly options: ApplyOptions
  readonly emitter: RunEmitter
  readonly clock: Clock
  readonly onCancel: (cancel: () => void) => void
}

async function runForReal(order: Order): Promise<RunResult> {
  const { plan, options, emitter, clock } = order
  const { store, holder = 'convergent', keep } = options
  const text = await planToText(plan)
  const lease = await store.claim(plan.stack, holder)
  try {
    const [state, runs] = await Promise.all([store.load(plan.stack), store.runs(plan.stack)])
    admitToStack(plan, state, runs)
    await store.put(plan.stack, 'plan', plan.id, text)
    if (options.backup !== false) await store.backup?.(plan.stack)
    const base = state ?? startState(plan.stack, clock)
    const header = { planHash: splitPlan(text).sha256, holder, fence: lease.fence, commit: options.commit ?? 'each' } as const
    const result = await carryOut(order, base, header, lease)
    await store.prune?.(plan.stack, { runs: keep?.runs ?? 20, plans: keep?.plans ?? 10 })
    return result
  } finally {
    // A lease that is lost already cannot be given back; what the run came to stands.
    await store.release(lease).catch(() => undefined)
  }
}

async function rehearse(order: Order): Promise<RunResult> {
  const { plan, options, clock } = order
  const base = (await options.store.load(plan.stack)) ?? startState(plan.stack, clock)
  return carryOut(order, base, { planHash: '', holder: '', fence: 0, commit: 'each' }, undefined)
}

function startState(stack: string, clock: Clock): State {
  return { stack, serial: 0, lineage: clock.id(), salt: createSalt(), resources: new Map() }
}

type Header = Pick<Extract<Entry, { readonly kind: 'run-started' }>, 'planHash' | 'holder' | 'fence' | 'commit'>

/** Drives one run to its end. Without a lease it is a rehearsal: nothing is recorded or changed. */
async function carryOut({ plan, options, emitter, clock, onCancel }: Order, base: State, header: Header, lease: Lease | undefined): Promise<RunResult> {
  const { provider, store, concurrency = 10, retry } = options
  const dryRun = lease === undefined
  const flow = layOutFlow(plan.actions)
  const machine = new RunMachine(flow, {
    runId: emitter.id,
    concurrency,
    onFailure: dryRun ? 'continue' : (options.onFailure ?? 'stop'),
    retry: { attempts: retry?.attempts ?? 4, baseMs: retry?.baseMs ?? 500, maxMs: retry?.maxMs ?? 30_000 },
    commit: header.commit,
  })
  const killer = new AbortController()
  const bounds = { timeoutMs: options.timeoutMs ?? 60_000, abortGraceMs: options.abortGraceMs ?? 5_000, clock, signal: killer.signal }
  const reader: Reader = { provider, bounds, trace: (call) => emitter.emit('call:finished', { call }) }
  const values = new RunValues(reader, options.resolvers ?? {}, base.resources.values(), plan.objects)
  const tools = { reader, bounds, values, digest: await createDigest(base.salt), recorded: base.resources }
  const executor = new Executor({
    flow,
    machine,
    worker: dryRun ? new DryWorker(tools, plan) : new ResourceWorker(tools),
    journal: lease === undefined ? silentJournal : createJournalWriter(store, lease, emitter.id),
    emitter,
    provider,
    clock,
    fence: header.fence,
    actionTimeoutMs: options.actionTimeoutMs,
    commit: (changes) => (lease === undefined ? Promise.resolve() : commitState(store, base, changes, lease)),
  })
  const cancel = (): void => executor.signal({ kind: 'cancelled' })
  const kill = (): void => {
    cancel()
    killer.abort()
  }
  const stopDeadline = options.deadlineMs === undefined ? undefined : clock.after(options.deadlineMs, kill)
  options.signal?.addEventListener('abort', kill, { once: true })

  const startedMs = clock.monotonic()
  emitter.emit('run:started', { runId: emitter.id, planId: plan.id, stack: plan.stack, mode: plan.mode, total: plan.actions.length, dryRun })
  let settled = 0
  flow.actions.forEach((action, position) => {
    if (action.blocked !== undefined) emitter.emit('action:blocked', { action, result: machine.ledger.resultOf(position), progress: executor.progress(++settled) })
  })
  try {
    if (options.signal?.aborted === true) kill()
    onCancel(cancel)
    executor.signal({
      kind: 'began',
      entry: { kind: 'run-started', at: new Date(clock.now()).toISOString(), run: emitter.id, plan: plan.id, stack: plan.stack, mode: plan.mode, lineage: base.lineage, salt: base.salt, ...header },
    })
    const ending = await executor.ended
    const actions = flow.actions.map((_, position) => machine.ledger.resultOf(position))
    const result: RunResult = {
      runId: emitter.id,
      planId: plan.id,
      stack: plan.stack,
      mode: plan.mode,
      outcome: ending.outcome,
      success: ending.outcome === 'succeeded',
      counts: { ...machine.ledger.counts },
      actions,
      errors: actions.flatMap(({ address, error }) => (error === undefined ? [] : [{ address, error }])),
      durationMs: clock.monotonic() - startedMs,
      dryRun,
      open: !dryRun && ending.open,
    }
    emitter.emit('run:finished', { result })
    return result
  } finally {
    stopDeadline?.()
    options.signal?.removeEventListener('abort', kill)
    killer.abort()
  }
}

async function commitState(store: Store, base: State, changes: readonly StateChange[], lease: Lease): Promise<void> {
  if (changes.length === 0) return
  const next: State = { ...base, serial: base.serial + 1, resources: foldChanges(base.resources, changes) }
  await store.commit(next, { expectedSerial: base.serial, lease })
}
