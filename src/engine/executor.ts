import type { Action } from '../core/action.ts'
import type { Entry } from '../core/entry.ts'
import { ProviderError, recordError } from '../core/errors.ts'
import { changeOf } from '../core/journal.ts'
import type { ApiCall, Progress, RunEventName, RunEvents } from '../core/event.ts'
import type { Flow } from '../core/run/flow.ts'
import type { RunMachine } from '../core/run/machine.ts'
import type { Effect, Signal, SignalOf } from '../core/run/signal.ts'
import { drawDelay } from '../core/retry.ts'
import type { StateChange } from '../core/state.ts'
import type { Provider } from '../provider/provider.ts'
import { typeOfAction } from '../provider/type-of-action.ts'
import type { Address } from '../core/address.ts'
import { HungCall } from './call.ts'
import { classifyFault, noteRefusal } from './classify.ts'
import type { Clock } from './clock.ts'
import { gateOf } from './gates.ts'
import type { HostDialog } from './host-dialog.ts'
import type { RunEmitter } from './emitter.ts'
import type { JournalWriter } from './journal-writer.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { isRepeatable, judgeTask } from './call-fate.ts'
import type { Work, Worker } from './worker.ts'

/** What the executor works with. */
export interface ExecutorTools {
  readonly flow: Flow
  readonly machine: RunMachine
  readonly worker: Worker
  readonly journal: JournalWriter
  readonly emitter: RunEmitter
  readonly provider: Provider
  readonly clock: Clock
  /** Actions under way at once, at most. */
  readonly concurrency: number
  /** Absent: nothing is changed. */
  readonly keeper: LeaseKeeper | undefined
  readonly actionTimeoutMs: number | undefined
  /** Counts and announces a request. */
  readonly trace: (call: ApiCall, address: Address) => void
  /** Handles that an earlier process saved, by step. */
  readonly handles: readonly (readonly [number, string])[]
  /** Hears of all changes so far, whenever more are durable. */
  readonly afterRecord?: (changes: readonly StateChange[]) => void
  /** Asks the host, and tells it. */
  readonly host: HostDialog
  /** Keeps a copy of the state as it is after a phase. */
  readonly checkpoint: (phase: string, changes: readonly StateChange[]) => Promise<void>
  /** Commits the state that follows from these changes. */
  readonly commit: (changes: readonly StateChange[]) => Promise<void>
}

/** How a run ended, as the machine says. */
export type Ending = Extract<Effect, { readonly kind: 'finish' }>

/** Does what the run machine asks for, and tells it what came of it. What stands after a `record` waits until it is durable. */
export class Executor {
  readonly ended: Promise<Ending>
  readonly #tools: ExecutorTools
  readonly #changes: StateChange[] = []
  readonly #acknowledged = new Map<string, { readonly resolve: () => void; readonly reject: (error: unknown) => void }>()
  readonly #handles: Map<number, string>
  readonly #actionDeadlines = new Map<number, number>()
  #resolve!: (ending: Ending) => void
  #reject!: (error: unknown) => void
  #isBroken = false
  #fault: unknown
  /** Reads and calls under way. */
  #underWay = 0
  #writtenMs = Number.NaN
  #written = ''

  constructor(tools: ExecutorTools) {
    this.#tools = tools
    this.#handles = new Map(tools.handles)
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Gives the machine a signal and carries out what it asks for. */
  signal(signal: Signal): void {
    if (this.#isBroken) return
    const { clock, machine } = this.#tools
    const windowBefore = machine.pace.window
    const effects = machine.signal(signal, { at: this.#describeNow(clock.now()), ms: clock.monotonic() })
    const { window } = machine.pace
    if (window !== windowBefore) this.#emit('concurrency:changed', { concurrency: window, most: this.#tools.concurrency })
    if (effects.length > 0) this.#carryOut(effects, 0)
  }

  /** Many signals come within one millisecond. */
  #describeNow(nowMs: number): string {
    if (nowMs !== this.#writtenMs) {
      this.#writtenMs = nowMs
      this.#written = new Date(nowMs).toISOString()
    }
    return this.#written
  }

  /** Starts nothing more, and leaves what has no outcome yet to be resumed. */
  pause(reason: Error): void {
    this.signal({ kind: 'paused', message: reason.message })
  }

  /** A journal that cannot be written ends everything: what cannot be recorded must not be done. What is under way ends by itself. */
  #break(error: unknown): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#fault = error
    for (const { reject } of this.#acknowledged.values()) reject(error)
    if (this.#underWay === 0) this.#reject(error)
  }

  #carryOut(effects: readonly Effect[], from: number): void {
    try {
      const before = effects[from - 1]
      if (before?.kind === 'record') {
        this.#tools.afterRecord?.(this.#changes)
        this.#tools.host.tell(before.entries)
      }
      for (let at = from; at < effects.length && !this.#isBroken; at++) {
        const effect = effects[at] as Effect
        if (effect.kind !== 'record' && effect.kind !== 'commit' && effect.kind !== 'checkpoint') {
          this.#begin(effect)
          continue
        }
        const durable = effect.kind === 'record' ? this.#record(effect.entries) : effect.kind === 'commit' ? this.#tools.commit(this.#changes) : this.#tools.checkpoint(effect.phase, this.#changes)
        durable.then(() => this.#carryOut(effects, at + 1), this.#onFault)
        return
      }
    } catch (error) {
      this.#break(error)
    }
  }

  readonly #onFault = (error: unknown): void => this.#break(error)

  #record(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) {
      const change = changeOf(entry)
      if (change !== undefined) this.#changes.push(change)
    }
    return this.#tools.journal.append(entries)
  }

  #begin(effect: Exclude<Effect, { readonly kind: 'record' | 'commit' | 'checkpoint' }>): void {
    const { clock, worker } = this.#tools
    switch (effect.kind) {
      case 'inspect':
        return this.#ask(effect.step, (work) => worker.inspect(work, effect.mayHaveHappened))
      case 'perform':
        return this.#perform(effect)
      case 'probe':
        return this.#ask(effect.step, (work) => worker.probe(work))
      case 'rest':
        clock.after(drawDelay(effect.ceilingMs / 2, effect.ceilingMs / 2, clock.random()), () => this.signal({ kind: 'rested' }))
        return
      case 'wait':
        clock.after(drawDelay(effect.ceilingMs, effect.atLeastMs, clock.random()), () => this.signal({ kind: 'waited', step: effect.step }))
        return
      case 'acknowledge':
        this.#handles.set(effect.step, effect.handle)
        this.#acknowledged.get(`${effect.step}\0${effect.handle}`)?.resolve()
        return
      case 'hook':
        this.#underWay++
        void this.#tools.host.runHooks(effect, this.#tools.machine.problem).then((signal) => this.#answer(signal))
        return
      case 'decide':
        void this.#tools.host.ask(effect).then((signal) => this.signal(signal))
        return
      case 'announce':
        return this.#announce(effect)
      case 'finish':
        return this.#resolve(effect)
    }
  }

  #ask(step: number, ask: (work: Work) => Promise<Signal>, isCall = false): void {
    this.#underWay++
    ask(this.#workOf(step)).then(
      (signal) => this.#answer(signal),
      (error: unknown) => this.#answer(this.#judge(step, error, isCall)),
    )
  }

  #answer(signal: Signal): void {
    this.#underWay--
    if (!this.#isBroken) this.signal(signal)
    else if (this.#underWay === 0) this.#reject(this.#fault)
  }

  /** Sends only under a lease that is held at this very moment. */
  #perform(effect: Extract<Effect, { readonly kind: 'perform' }>): void {
    const proof = this.#tools.keeper?.hold()
    if (proof === undefined) return this.#send(effect)
    const { step } = effect
    proof.then(
      () => this.#send(effect),
      (error: Error) => {
        this.pause(error)
        this.signal({ kind: 'failed', step, error: { ...recordError(error), kind: 'retryable' }, fault: 'retryable', repeatable: true })
      },
    )
  }

  #send({ step, attempt, idempotencyKey }: Extract<Effect, { readonly kind: 'perform' }>): void {
    const { worker, clock, keeper, actionTimeoutMs, trace } = this.#tools
    const work = this.#workOf(step)
    if (actionTimeoutMs !== undefined && !this.#actionDeadlines.has(step)) this.#actionDeadlines.set(step, clock.monotonic() + actionTimeoutMs)
    const loan = {
      attempt,
      idempotencyKey,
      fence: keeper?.lease.fence ?? 0,
      savedHandle: this.#handles.get(step),
      remainingMs: Math.max(0, (this.#actionDeadlines.get(step) ?? Number.POSITIVE_INFINITY) - clock.monotonic()),
      trace: (call: ApiCall) => trace(call, work.action.address),
      progress: (message: string) => this.#emit('action:progressed', { action: work.action, message }),
      saveHandle: (handle: string) =>
        new Promise<void>((resolve, reject) => {
          if (this.#isBroken) return reject(this.#fault as Error)
          this.#acknowledged.set(`${step}\0${handle}`, { resolve, reject })
          this.signal({ kind: 'handled', step, handle })
        }),
      hold: () =>
        keeper?.hold()?.catch((error: Error) => {
          this.pause(error)
          throw error
        }),
    }
    this.#ask(step, () => worker.perform(work, loan), true)
  }

  #judge(step: number, error: unknown, isCall: boolean): SignalOf<'failed' | 'hung'> {
    if (error instanceof HungCall) return { kind: 'hung', step }
    const { provider, clock } = this.#tools
    const { action, step: planned } = this.#workOf(step)
    const type = typeOfAction(provider, action)
    const fault = classifyFault(error, type, provider)
    noteRefusal(gateOf(provider, type, clock), error, fault)
    const deadline = this.#actionDeadlines.get(step)
    const isFinal = (error instanceof ProviderError && error.isFinal) || (deadline !== undefined && clock.monotonic() >= deadline)
    const task = isCall && this.#handles.has(step) ? judgeTask(planned, fault.kind) : undefined
    // The next call starts another one.
    if (task === 'failed') this.#handles.delete(step)
    const output = this.#tools.worker.outputOf?.(step)
    return {
      kind: 'failed',
      step,
      error: this.#tools.worker.redact({ ...recordError(error), kind: fault.kind }),
      fault: fault.kind,
      repeatable: type?.idempotent === true || isRepeatable(planned, type),
      ...(output && { output }),
      ...(fault.retryAfterMs !== undefined && { retryAfterMs: fault.retryAfterMs }),
      ...(isFinal && { final: true }),
      ...(task && { task }),
    }
  }

  #announce({ subject, action: position, attempt, done, error, delayCeilingMs = 0 }: Extract<Effect, { readonly kind: 'announce' }>): void {
    const { flow, machine, emitter } = this.#tools
    const action = flow.actions[position] as Action
    if (subject === 'started') return this.#emit('action:started', { action, attempt })
    if (subject === 'retried') return this.#emit('action:retried', { action, attempt, error: error as NonNullable<typeof error>, delayMs: delayCeilingMs })
    const outcome = machine.ledger.outcomeOf(position)
    // Settled is what it is called when it has an outcome.
    const name = `action:${outcome as Exclude<typeof outcome, 'pending' | 'rolled-back'>}` as const
    if (emitter.hears(name)) emitter.emit(name, { action, result: machine.ledger.resultOf(position), progress: this.progress(done) })
  }

  /** How far the run is. */
  progress(done?: number): Progress {
    const { machine, clock } = this.#tools
    return machine.ledger.progressAt(clock.monotonic(), done)
  }

  #emit<N extends RunEventName>(name: N, event: RunEvents[N]): void {
    if (this.#tools.emitter.hears(name)) this.#tools.emitter.emit(name, event)
  }

  #workOf(index: number): Work {
    const { flow } = this.#tools
    return { index, action: flow.actions[flow.actionOf[index] as number] as Action, step: flow.steps[index] as Work['step'], handle: this.#handles.get(index) }
  }
}
