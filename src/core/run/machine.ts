import type { Entry, Outcome, RunOutcome } from '../entry.ts'
import type { ErrorRecord } from '../errors.ts'
import type { RunRecord } from '../journal.ts'
import { ceilingAfter } from '../retry.ts'
import type { StateChange } from '../state.ts'
import { Phase, StepBoard } from './board.ts'
import { isAnswer } from './breaker.ts'
import type { Flow } from './flow.ts'
import { concludeStep, type Doubt, type Halt } from './halt.ts'
import { RunLedger } from './ledger.ts'
import { Pace, type PaceSettings } from './pace.ts'
import { listRemains, type StepRemains } from './remains.ts'
import type { Effect, Moment, Signal, SignalOf } from './signal.ts'
import { Turn } from './turn.ts'

/** What a run is told before it begins. */
export interface RunSettings extends PaceSettings {
  readonly runId: string
  readonly onFailure: 'stop' | 'continue'
  readonly commit: 'each' | 'success'
}

/**
 * One run of one plan as a state machine: signals go in, effects come out, and the order of the effects is the contract.
 * A step's `started` entry is durable before it is performed, its outcome before a dependent starts. A signal costs time in
 * proportion to the edges that it releases.
 */
export class RunMachine {
  readonly ledger: RunLedger
  readonly #flow: Flow
  readonly #settings: RunSettings
  readonly #board: StepBoard
  readonly pace: Pace
  readonly #attempts: Int32Array
  readonly #failures: Int32Array
  /** Steps whose last call may have happened. */
  readonly #doubts = new Map<number, Doubt>()
  /** What an earlier process left of a step. */
  readonly #remains = new Map<number, StepRemains>()
  #halt: Halt | undefined
  #hasBegun = false
  #isFinished = false

  constructor(flow: Flow, settings: RunSettings) {
    this.#flow = flow
    this.#settings = settings
    this.#board = new StepBoard(flow)
    this.pace = new Pace(flow.remaining, settings)
    this.#attempts = new Int32Array(flow.steps.length)
    this.#failures = new Int32Array(flow.steps.length)
    this.ledger = new RunLedger(flow)
  }

  /** Takes a signal, and returns what is to be done because of it, in order. Signals that come too late do nothing. */
  signal(signal: Signal, moment: Moment): readonly Effect[] {
    if (this.#isFinished) return []
    const turn = new Turn(moment)
    switch (signal.kind) {
      case 'began':
        this.#hasBegun = true
        turn.entries.push(signal.entry)
        if (signal.record !== undefined) this.#restore(signal.record, moment.ms)
        for (const step of this.#board.roots()) this.#makeReady(step)
        break
      case 'cancelled':
        if (this.#halt === undefined || this.#halt.outcome === 'paused') this.#halt = { outcome: 'cancelled' }
        break
      case 'paused':
        this.#halt ??= { outcome: 'paused', message: signal.message }
        break
      case 'rested':
        this.pace.rested()
        break
      case 'handled':
        if (this.#board.phaseOf(signal.step) !== Phase.performing) return []
        turn.entries.push({ kind: 'handle', step: this.#key(signal.step), handle: signal.handle, at: moment.at })
        turn.effects.push({ kind: 'acknowledge', step: signal.step, handle: signal.handle })
        break
      case 'waited':
        if (this.#board.phaseOf(signal.step) === Phase.delayed) this.#makeReady(signal.step)
        break
      default:
        this.#advance(signal, turn)
    }
    this.#startReady(turn)
    this.#finishWhenDone(turn)
    return turn.close()
  }

  #advance(signal: SignalOf<'inspected' | 'moved' | 'done' | 'failed' | 'probed' | 'hung'>, turn: Turn): void {
    const { step } = signal
    const phase = this.#board.phaseOf(step)
    if (phase !== Phase.inspecting && phase !== Phase.performing && phase !== Phase.probing) return
    if (isAnswer(signal)) this.pace.noteAnswer()
    switch (signal.kind) {
      case 'inspected':
        if (signal.settled !== undefined) return this.#succeed(step, turn, signal.settled, this.#doubts.has(step), signal.id)
        return this.#perform(step, turn, signal)
      case 'moved':
        return this.#settle(step, 'stale', { kind: 'stale', step: this.#key(step), message: signal.message, at: turn.moment.at }, turn, signal.message)
      case 'done':
        this.pace.noteSuccess()
        return this.#succeed(step, turn, signal.change, false, signal.id)
      case 'hung':
        return this.#interrupt(step, 'the call ignored its abort; whether it happened is unknown', turn)
      case 'probed':
        return this.#resolve(step, turn, signal)
      case 'failed':
        return this.#absorb(step, turn, signal, phase)
    }
  }

  /** A failed read or call: tried again, given up, or (where it may have happened) asked about first. */
  #absorb(step: number, turn: Turn, { error, fault, repeatable, retryAfterMs = 0, final = false }: SignalOf<'failed'>, phase: number): void {
    const wasCall = phase === Phase.performing
    const verdict = this.pace.noteFailure(step, error)
    if (verdict?.kind === 'rest') turn.effects.push(verdict)
    else if (verdict?.kind === 'down') this.#halt ??= { outcome: 'paused', message: verdict.message }
    if (wasCall && fault === 'ambiguous') this.#doubts.set(step, { error, repeatable })
    // Its time is up: also after a probe there is no other attempt.
    if (final) this.#failures[step] = this.#settings.retry.attempts
    const passes = fault === 'retryable' || fault === 'ambiguous'
    if (passes && this.#halt?.outcome === 'paused') return this.#suspend(step, error, turn)
    if (phase === Phase.probing) {
      if (passes && !final && this.#retry(step, error, retryAfterMs, turn)) return
      const doubt = this.#doubts.get(step) as Doubt
      return this.#interrupt(step, `${doubt.error.message}; asking whether it happened failed too: ${error.message}`, turn)
    }
    const canRepeat = fault === 'retryable' || (fault === 'ambiguous' && (repeatable || !wasCall))
    if (canRepeat && !final && this.#retry(step, error, retryAfterMs, turn)) return
    if (!this.#doubts.has(step)) return this.#fail(step, error, turn)
    turn.entries.push({ kind: 'attempted', step: this.#key(step), attempt: this.#attempts[step] as number, error, at: turn.moment.at })
    this.#ask(step, turn, Phase.probing, { kind: 'probe', step })
  }

  /** The backend has said whether an ambiguous call happened. Without a way to ask, the doubt stays: that a repetition is refused proves nothing of the first. */
  #resolve(step: number, turn: Turn, { answer, change, id, message }: SignalOf<'probed'>): void {
    const { error, repeatable } = this.#doubts.get(step) as Doubt
    if (answer === 'happened') return this.#succeed(step, turn, change, true, id)
    if (answer === 'unknown') return this.#interrupt(step, message ?? `${error.message}; whether it happened is unknown`, turn)
    this.#doubts.delete(step)
    if (answer === 'repeatable') this.#doubts.set(step, { error, repeatable: true })
    // What an earlier process left unknown has had no attempt in this one.
    if (!repeatable && this.#attempts[step] === this.#remains.get(step)?.attempts) {
      this.pace.release(step)
      return this.#makeReady(step)
    }
    if (!this.#retry(step, error, 0, turn)) answer === 'absent' ? this.#fail(step, error, turn) : this.#interrupt(step, `${error.message}; ${message ?? 'whether it happened is unknown'}`, turn)
  }

  #perform(step: number, turn: Turn, seen: SignalOf<'inspected'>): void {
    const attempt = (this.#attempts[step] as number) + 1
    this.#attempts[step] = attempt
    this.#board.move(step, Phase.performing)
    this.pace.noteCall(step)
    const { definiteFailures = 0 } = this.#remains.get(step) ?? {}
    const idempotencyKey = `${this.#settings.runId}:${this.#key(step)}${definiteFailures === 0 ? '' : `:${definiteFailures + 1}`}`
    turn.entries.push({
      kind: 'started',
      step: this.#key(step),
      attempt,
      idempotencyKey,
      ...(seen.before && { before: seen.before }),
      ...(seen.absent === true && { absent: true }),
      at: turn.moment.at,
    })
    const action = this.#flow.actionOf[step] as number
    this.ledger.noteAttempt(action, turn.moment.ms)
    turn.effects.push({ kind: 'announce', subject: 'started', action, step, attempt, done: this.ledger.done }, { kind: 'perform', step, attempt, idempotencyKey })
  }

  #ask(step: number, turn: Turn, phase: number, effect: Effect): void {
    this.#board.move(step, phase)
    this.pace.noteCall(step)
    turn.effects.push(effect)
  }

  /** Arranges another attempt; false when there is none left, or the run starts nothing more. What a silent backend costs is the breaker's affair. */
  #retry(step: number, error: ErrorRecord, retryAfterMs: number, turn: Turn): boolean {
    const failures = (this.#failures[step] as number) + (this.pace.costsAttempt(error) ? 1 : 0)
    this.#failures[step] = failures
    if (this.#halt !== undefined || failures >= this.#settings.retry.attempts) return false
    const ceilingMs = ceilingAfter(Math.max(1, failures), this.#settings.retry)
    turn.entries.push({ kind: 'attempted', step: this.#key(step), attempt: Math.max(1, failures), error, retryInMs: retryAfterMs + ceilingMs, at: turn.moment.at })
    this.#board.move(step, Phase.delayed)
    this.pace.release(step)
    turn.effects.push(
      { kind: 'announce', subject: 'retried', action: this.#flow.actionOf[step] as number, step, attempt: Math.max(1, failures), done: this.ledger.done, error, delayCeilingMs: ceilingMs },
      { kind: 'wait', step, ceilingMs, atLeastMs: retryAfterMs },
    )
    return true
  }

  /** Leaves a step as it is: the run is paused, and `resume` goes on with it. */
  #suspend(step: number, error: ErrorRecord, turn: Turn): void {
    turn.entries.push({ kind: 'attempted', step: this.#key(step), attempt: Math.max(1, this.#attempts[step] as number), error, at: turn.moment.at })
    this.#board.move(step, Phase.delayed)
    this.pace.release(step)
  }

  #succeed(step: number, turn: Turn, change?: StateChange, adopted = false, id?: string): void {
    if (id !== undefined) this.ledger.noteId(this.#flow.actionOf[step] as number, id)
    this.#settle(step, 'succeeded', { kind: 'succeeded', step: this.#key(step), ...(change && { change }), ...(adopted && { adopted }), at: turn.moment.at }, turn)
    this.#board.release(step, this.#makeReady)
  }

  #fail(step: number, error: ErrorRecord, turn: Turn): void {
    this.ledger.noteError(this.#flow.actionOf[step] as number, error)
    this.#settle(step, 'failed', { kind: 'failed', step: this.#key(step), error, at: turn.moment.at }, turn)
    this.#haltOnFailure(step)
  }

  #interrupt(step: number, message: string, turn: Turn): void {
    this.#settle(step, 'interrupted', { kind: 'interrupted', step: this.#key(step), message, at: turn.moment.at }, turn, message)
    this.#haltOnFailure(step)
  }

  #haltOnFailure(step: number): void {
    if (this.#settings.onFailure === 'stop') this.#halt ??= { outcome: 'skipped', because: step }
  }

  /** Gives a step its outcome; anything but success skips what depends on it, each with the address that failed. */
  #settle(step: number, outcome: Outcome, entry: Entry, turn: Turn, message?: string): void {
    this.#close(step, outcome, entry, turn, message)
    this.pace.release(step)
    if (outcome === 'succeeded') return
    const because = this.#address(step)
    for (const dependent of this.#board.waitingFor(step))
      this.#close(dependent, 'skipped', { kind: 'skipped', step: this.#key(dependent), because, at: turn.moment.at }, turn, `${because}, which it waits for, did not succeed`, step)
  }

  #close(step: number, outcome: Outcome, entry: Entry, turn: Turn, message?: string, because?: number): void {
    this.#board.settle(step)
    this.#doubts.delete(step)
    turn.entries.push(entry)
    const action = this.#flow.actionOf[step] as number
    if (this.ledger.noteOutcome(action, outcome, turn.moment.ms, message, because === undefined ? undefined : this.#address(because))) turn.effects.push({ kind: 'announce', subject: 'settled', action, step, attempt: this.#attempts[step] as number, done: this.ledger.done })
  }

  readonly #makeReady = (step: number): void => {
    this.#board.move(step, Phase.ready)
    this.pace.push(step)
  }

  #startReady(turn: Turn): void {
    while (this.#halt === undefined) {
      const step = this.pace.take()
      if (step === undefined) return
      const doubt = this.#doubts.get(step)
      if (doubt?.repeatable === false) this.#ask(step, turn, Phase.probing, { kind: 'probe', step })
      else this.#ask(step, turn, Phase.inspecting, { kind: 'inspect', step, mayHaveHappened: doubt !== undefined })
    }
  }

  /** Takes over what an earlier process recorded: what succeeded stays, what is unknown is asked about, the rest is tried again. */
  #restore(record: RunRecord, ms: number): void {
    const all = listRemains(this.#flow, record)
    for (const remains of all) {
      const { step, attempts, doubt, succeeded, id } = remains
      this.#remains.set(step, remains)
      this.#attempts[step] = attempts
      if (doubt !== undefined) this.#doubts.set(step, doubt)
      if (succeeded) this.ledger.restore(this.#flow.actionOf[step] as number, id, ms)
      if (succeeded) this.#board.settle(step)
    }
    for (const { step, succeeded } of all) if (succeeded) this.#board.release(step, this.#makeReady)
  }

  #finishWhenDone(turn: Turn): void {
    // What is told before the beginning takes effect with it: a journal begins with who began it.
    if (!this.#hasBegun || this.pace.busy > 0) return
    if (this.#board.unsettled > 0) {
      if (this.#halt === undefined) return
      if (this.#halt.outcome === 'paused') return this.#end(turn, 'paused', true, this.#halt.message)
      for (const step of this.#board.open()) {
        const because = this.#halt.outcome === 'skipped' ? this.#halt.because : undefined
        const { outcome, entry, message } = concludeStep(this.#key(step), this.#doubts.get(step), because === undefined ? undefined : this.#address(because), turn.moment.at)
        this.#close(step, outcome, entry, turn, message, outcome === 'interrupted' ? undefined : because)
      }
    }
    const { outcome, allSucceeded } = this.ledger.judge(this.#halt?.outcome === 'cancelled')
    this.#end(turn, outcome, outcome === 'interrupted' || (this.#settings.commit === 'success' && !allSucceeded && this.ledger.counts.succeeded > 0))
  }

  #end(turn: Turn, outcome: RunOutcome, open: boolean, message?: string): void {
    // A crash between the two leaves the run open, and its entries are folded again: the commit must come first.
    if (this.#settings.commit === 'each' || outcome === 'succeeded') turn.effects.push({ kind: 'commit' })
    turn.effects.push({ kind: 'record', entries: [{ kind: 'run-ended', outcome, open, ...(message !== undefined && { message }), at: turn.moment.at }] }, { kind: 'finish', outcome, open, ...(message !== undefined && { message }) })
    if (outcome === 'paused') this.ledger.notePause()
    this.#isFinished = true
  }

  #key(step: number): string {
    return (this.#flow.steps[step] as Flow['steps'][number]).key
  }

  #address(step: number): Flow['actions'][number]['address'] {
    return (this.#flow.actions[this.#flow.actionOf[step] as number] as Flow['actions'][number]).address
  }
}
