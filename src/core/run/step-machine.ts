import type { Address } from '../address.ts'
import type { Entry, Outcome } from '../entry.ts'
import type { ErrorRecord } from '../errors.ts'
import type { Choice } from '../operation.ts'
import { ceilingAfter } from '../retry.ts'
import { Attempts } from './attempts.ts'
import { Phase } from './board.ts'
import { isAnswer } from './breaker.ts'
import { isSettler, type Flow } from './flow.ts'
import { concludeStep, type Doubt, type Halt } from './halt.ts'
import type { Effect, Question, SignalOf } from './signal.ts'
import type { StepTools } from './step-tools.ts'
import { Stop } from './stop.ts'
import type { Printed, Success } from './success.ts'
import type { Turn } from './turn.ts'

/** What becomes of single steps: each signal about one takes it from one phase of its life to the next. */
export class StepMachine {
  readonly attempts: Attempts
  readonly stop: Stop
  /** True: something is recorded that a commit makes part of the state. */
  hasChanged = false
  readonly #tools: StepTools
  /** What was asked and not answered yet. */
  readonly #questions = new Map<number, Question>()

  constructor(tools: StepTools) {
    this.#tools = tools
    this.attempts = new Attempts(tools.flow.steps.length)
    this.stop = new Stop(tools.flow, tools.settings)
  }

  advance(signal: SignalOf<'inspected' | 'refused' | 'moved' | 'done' | 'failed' | 'probed' | 'hung' | 'decided'>, turn: Turn): void {
    const { step } = signal
    const phase = this.#tools.board.phaseOf(step)
    if (signal.kind === 'decided') return phase === Phase.deciding ? this.#obey(step, signal.choice, turn, signal.by) : undefined
    if (phase !== Phase.inspecting && phase !== Phase.performing && phase !== Phase.probing) return
    if (isAnswer(signal)) this.#tools.pace.noteAnswer()
    switch (signal.kind) {
      case 'inspected':
        if (signal.checks !== undefined) turn.entries.push({ kind: 'checked', step: this.keyOf(step), checks: signal.checks, at: turn.moment.at })
        if (signal.settled !== undefined || signal.adapted !== undefined) return this.#succeed(step, turn, { change: signal.settled, adopted: this.attempts.doubts.has(step), id: signal.id, adapted: signal.adapted })
        return this.#perform(step, turn, signal)
      case 'refused':
        turn.entries.push({ kind: 'checked', step: this.keyOf(step), checks: signal.checks, at: turn.moment.at })
        return this.#ask(step, { kind: 'check-failed', message: signal.message, checks: signal.checks }, turn)
      case 'moved':
        return this.#settle(step, 'stale', { kind: 'stale', step: this.keyOf(step), message: signal.message, at: turn.moment.at }, turn, signal.message)
      case 'done':
        this.#tools.pace.noteSuccess()
        return this.#succeed(step, turn, { change: signal.change, id: signal.id, result: signal.result })
      case 'hung':
        if (isSettler(this.#tools.flow, step)) return this.#fail(step, { code: 'provider', message: 'the call ignored its abort; to settle once more does no harm: resume, or plan again' }, turn)
        return this.#interrupt(step, 'the call ignored its abort; whether it happened is unknown', turn)
      case 'probed':
        return this.#resolve(step, turn, signal)
      case 'failed':
        return this.#absorb(step, turn, signal, phase)
    }
  }

  /** An earlier process has come to its end with it. */
  noteEarlier(step: number, end: 'succeeded' | 'skipped'): void {
    this.#tools.board.close(step)
    if (end === 'skipped') this.#tools.unsettled.noteLeftOut(step)
    else this.hasChanged = true
  }

  /** Asks for a read, a probe: whatever comes before the call. */
  begin(step: number, turn: Turn): void {
    if (isSettler(this.#tools.flow, step) && !this.#tools.unsettled.isNeeded(step)) return this.#leaveSettled(step, turn)
    const doubt = this.attempts.doubts.get(step)
    if (doubt?.repeatable === false) this.#request(step, turn, Phase.probing, { kind: 'probe', step })
    else this.#request(step, turn, Phase.inspecting, { kind: 'inspect', step, mayHaveHappened: doubt !== undefined })
  }

  /** The run was told to end: nobody waits for an answer any more. */
  dropQuestions(turn: Turn): void {
    for (const step of [...this.#questions.keys()]) this.#obey(step, this.stop.halt?.outcome === 'paused' ? 'pause' : 'abort', turn)
  }

  /** Gives what a halted run did not come to its outcome. */
  conclude(turn: Turn): void {
    const { board, onFree, flow } = this.#tools
    for (const step of board.open()) {
      if (this.stop.outlives(step)) continue
      const because = this.stop.halt?.outcome === 'skipped' && this.stop.halt.because !== undefined ? this.stop.halt.because : undefined
      const { outcome, entry, message } = concludeStep(this.keyOf(step), isSettler(flow, step) ? undefined : this.attempts.doubts.get(step), this.stop.halt as Halt, because === undefined ? undefined : this.#addressOf(because), turn.moment.at)
      this.#close(step, outcome, entry, turn, message, outcome === 'interrupted' ? undefined : because)
      board.releaseContent(step, onFree)
    }
  }

  /** Nothing of its group is left to be made effective: all of it was settled before, or nothing was written. */
  #leaveSettled(step: number, turn: Turn): void {
    const { flow, ledger, unsettled } = this.#tools
    if (!unsettled.isWithout(step, (each) => ledger.outcomeOf(flow.actionOf[each] as number) === 'succeeded')) return this.#succeed(step, turn, { adapted: 'nothing is left to make effective' })
    const message = 'nothing was written that it would make effective'
    this.#settle(step, 'skipped', { kind: 'skipped', step: this.keyOf(step), message, at: turn.moment.at }, turn, message)
  }

  #succeed(step: number, turn: Turn, { change, adopted = false, id, adapted, result }: Success): void {
    const { flow, ledger, board, onFree, unsettled } = this.#tools
    if (id !== undefined) ledger.noteId(flow.actionOf[step] as number, id)
    // It may have landed after the last time that its group was settled.
    if (adopted) unsettled.noteCall(step, turn)
    unsettled.noteSuccess(step)
    this.hasChanged ||= change !== undefined || adapted === undefined
    const changed = isSettler(flow, step) && adapted === undefined ? unsettled.noteSettled(step) : change
    const entry: Entry = { kind: 'succeeded', step: this.keyOf(step), ...(changed && { change: changed }), ...(adopted && { adopted }), ...(adapted !== undefined && { adapted }), ...(result && { result }), at: turn.moment.at }
    this.#settle(step, 'succeeded', entry, turn, adapted)
    board.release(step, onFree)
  }

  /** Gives a step its outcome; anything but success skips what depends on it, each with the address that failed. */
  #settle(step: number, outcome: Outcome, entry: Entry | undefined, turn: Turn, message?: string): void {
    const { board, pace, onFree } = this.#tools
    this.#close(step, outcome, entry, turn, message)
    pace.release(step)
    if (outcome === 'succeeded') return
    const because = this.#addressOf(step)
    for (const dependent of board.waitingFor(step)) {
      this.#close(dependent, 'skipped', { kind: 'skipped', step: this.keyOf(dependent), because, at: turn.moment.at }, turn, `${because}, which it waits for, did not succeed`, step)
      board.releaseContent(dependent, onFree)
    }
    board.releaseContent(step, onFree)
  }

  keyOf(step: number): string {
    return (this.#tools.flow.steps[step] as Flow['steps'][number]).key
  }

  #addressOf(step: number): Address {
    const { flow } = this.#tools
    return (flow.actions[flow.actionOf[step] as number] as Flow['actions'][number]).address
  }

  /** A failed read or call: tried again, given up, or (where it may have happened) asked about first. */
  #absorb(step: number, turn: Turn, { error, fault, repeatable, retryAfterMs = 0, final = false, task, output }: SignalOf<'failed'>, phase: number): void {
    const { pace, settings, flow } = this.#tools
    const wasCall = phase === Phase.performing
    const isCreate = flow.steps[step]?.call === 'create'
    const verdict = pace.noteFailure(step, error)
    if (verdict?.kind === 'rest') turn.effects.push(verdict)
    else if (verdict?.kind === 'down') this.stop.pause(verdict.message)
    // A task goes on without us; to make the call again is to ask for it. What it says of itself leaves no doubt.
    const isRunning = task === 'running'
    if (task === 'failed') this.attempts.doubts.delete(step)
    if (wasCall && (fault === 'ambiguous' || isRunning)) this.attempts.doubt(step, { error, repeatable: repeatable || isRunning }, !isRunning)
    else if (wasCall && fault === 'conflict' && isCreate && this.attempts.mayMeetItself(step)) this.attempts.doubts.set(step, { error, repeatable: false })
    // Its time is up: also after a probe there is no other attempt.
    if (final) this.attempts.exhaust(step, settings.retry.attempts)
    const [passes, told] = [fault === 'retryable' || fault === 'ambiguous', output === undefined ? {} : { output }]
    if (passes && this.stop.halt?.outcome === 'paused') return this.#suspend(step, turn, error)
    if (phase === Phase.probing) {
      if (passes && !final && this.#retry(step, error, retryAfterMs, turn, told)) return
      const doubt = this.attempts.doubts.get(step) as Doubt
      return this.#interrupt(step, `${doubt.error.message}; asking whether it happened failed too: ${error.message}`, turn)
    }
    const canRepeat = fault === 'retryable' || (fault === 'ambiguous' && (repeatable || isRunning || !wasCall))
    if (canRepeat && !final && this.#retry(step, error, retryAfterMs, turn, told)) return
    if (!this.attempts.doubts.has(step)) return this.#fail(step, error, turn, told)
    turn.entries.push({ kind: 'attempted', step: this.keyOf(step), attempt: this.attempts.madeOf(step), error, ...told, at: turn.moment.at })
    this.#request(step, turn, Phase.probing, { kind: 'probe', step })
  }

  /** The backend has said whether an ambiguous call happened. Without a way to ask, the doubt stays: that a repetition is refused proves nothing of the first. */
  #resolve(step: number, turn: Turn, { answer, change, id, message, result }: SignalOf<'probed'>): void {
    const { doubts } = this.attempts
    const { error, repeatable } = doubts.get(step) as Doubt
    if (answer === 'happened') return this.#succeed(step, turn, { change, adopted: true, id, result })
    if (answer === 'unknown') return this.#interrupt(step, message ?? `${error.message}; whether it happened is unknown`, turn)
    doubts.delete(step)
    if (answer === 'repeatable') doubts.set(step, { error, repeatable: true })
    // What an earlier process left unknown has had no attempt in this one.
    if (!repeatable && this.attempts.isEarlier(step)) {
      this.#tools.pace.release(step)
      return this.#tools.onFree(step)
    }
    if (!this.#retry(step, error, 0, turn)) answer === 'absent' ? this.#fail(step, error, turn) : this.#interrupt(step, `${error.message}; ${message ?? 'whether it happened is unknown'}`, turn)
  }

  #perform(step: number, turn: Turn, seen: SignalOf<'inspected'>): void {
    const { flow, ledger, board, pace, settings, unsettled } = this.#tools
    const attempt = this.attempts.begin(step)
    board.move(step, Phase.performing)
    pace.noteCall(step)
    const idempotencyKey = this.attempts.keyOf(step, `${settings.runId}:${this.keyOf(step)}`)
    unsettled.noteCall(step, turn)
    turn.entries.push({
      kind: 'started',
      step: this.keyOf(step),
      attempt,
      idempotencyKey,
      ...(seen.before && { before: seen.before }),
      ...(seen.absent === true && { absent: true }),
      at: turn.moment.at,
    })
    const action = flow.actionOf[step] as number
    ledger.noteAttempt(action, turn.moment.ms)
    turn.effects.push({ kind: 'announce', subject: 'started', action, step, attempt, done: ledger.done }, { kind: 'perform', step, attempt, idempotencyKey })
  }

  #request(step: number, turn: Turn, phase: number, effect: Effect): void {
    this.#tools.board.move(step, phase)
    this.#tools.pace.noteCall(step)
    turn.effects.push(effect)
  }

  /** Arranges another attempt; false when there is none left, or the run starts nothing more. What a silent backend costs is the breaker's affair. */
  #retry(step: number, error: ErrorRecord, retryAfterMs: number, turn: Turn, told: Printed = {}): boolean {
    const { flow, ledger, board, pace, settings } = this.#tools
    const failures = this.attempts.countFailure(step, pace.costsAttempt(error))
    if ((this.stop.halt !== undefined && !this.stop.outlives(step)) || failures >= settings.retry.attempts) return false
    const attempt = Math.max(1, failures)
    const ceilingMs = ceilingAfter(attempt, settings.retry)
    turn.entries.push({ kind: 'attempted', step: this.keyOf(step), attempt, error, retryInMs: retryAfterMs + ceilingMs, ...told, at: turn.moment.at })
    board.move(step, Phase.delayed)
    pace.release(step)
    turn.effects.push(
      { kind: 'announce', subject: 'retried', action: flow.actionOf[step] as number, step, attempt, done: ledger.done, error, delayCeilingMs: ceilingMs },
      { kind: 'wait', step, ceilingMs, atLeastMs: retryAfterMs },
    )
    return true
  }

  /** Leaves a step as it is: the run is paused, and `resume` goes on with it. */
  #suspend(step: number, turn: Turn, error?: ErrorRecord): void {
    if (error !== undefined) turn.entries.push({ kind: 'attempted', step: this.keyOf(step), attempt: Math.max(1, this.attempts.madeOf(step)), error, at: turn.moment.at })
    this.#tools.board.move(step, Phase.delayed)
    this.#tools.pace.release(step)
    // A run that is cancelled then settles all the same.
    if (isSettler(this.#tools.flow, step)) this.#tools.onFree(step)
  }

  /** It surely did not happen. What is recorded of it holds whatever is decided then. */
  #fail(step: number, error: ErrorRecord, turn: Turn, told: Printed = {}): void {
    this.attempts.noteDefiniteFailure(step)
    turn.entries.push({ kind: 'failed', step: this.keyOf(step), error, ...told, at: turn.moment.at })
    this.#tools.unsettled.noteFailure(step, error, turn)
    this.#ask(step, { kind: 'failed', message: error.message, error }, turn)
  }

  #interrupt(step: number, message: string, turn: Turn): void {
    this.#tools.unsettled.noteDoubt(step, turn)
    turn.entries.push({ kind: 'interrupted', step: this.keyOf(step), message, at: turn.moment.at })
    this.#ask(step, { kind: 'interrupted', message }, turn)
  }

  /** Asks the host what is to be done; where nobody is asked, or nothing more starts, it stays as it is. */
  #ask(step: number, question: Question, turn: Turn): void {
    this.#questions.set(step, question)
    this.#tools.board.move(step, Phase.deciding)
    if (this.#tools.settings.decides !== true || this.stop.halt !== undefined) return this.#obey(step, 'abort', turn)
    turn.effects.push({ kind: 'decide', step, question })
  }

  #obey(step: number, choice: Choice, turn: Turn, by?: string): void {
    const { board, pace, onFree, ledger, flow, settings } = this.#tools
    const question = this.#questions.get(step) as Question
    this.#questions.delete(step)
    const chosen = this.stop.halt !== undefined && choice === 'retry' ? 'abort' : choice
    if (by !== undefined) turn.entries.push({ kind: 'decided', step: this.keyOf(step), choice: chosen, by, at: turn.moment.at })
    if (chosen === 'retry') {
      this.attempts.renew(step)
      if (question.kind === 'interrupted') this.attempts.dismiss(step)
      pace.release(step)
      return onFree(step)
    }
    if (chosen === 'pause') {
      this.stop.halt ??= { outcome: 'paused', message: `at ${this.#addressOf(step)}: ${question.message}` }
      return this.#suspend(step, turn)
    }
    const action = flow.actionOf[step] as number
    if (chosen === 'skip') {
      this.#tools.unsettled.noteLeftOut(step)
      this.#close(step, 'skipped', undefined, turn, `left out, as it was decided: ${question.message}`)
      pace.release(step)
      return board.release(step, onFree)
    }
    if (chosen === 'rollback') this.stop.takesBack = true
    if (question.error !== undefined) ledger.noteError(action, question.error)
    if (question.kind === 'check-failed') {
      const error = { code: 'check-failed', message: question.message }
      ledger.noteError(action, error)
      turn.entries.push({ kind: 'failed', step: this.keyOf(step), error, at: turn.moment.at })
    }
    this.#settle(step, question.kind === 'interrupted' ? 'interrupted' : 'failed', undefined, turn, question.kind === 'interrupted' ? question.message : undefined)
    if (settings.onFailure === 'stop' || chosen === 'rollback' || by !== undefined) this.stop.halt ??= { outcome: 'skipped', because: step }
  }

  #close(step: number, outcome: Outcome, entry: Entry | undefined, turn: Turn, message?: string, because?: number): void {
    const { board, flow, ledger } = this.#tools
    board.close(step)
    this.attempts.doubts.delete(step)
    if (entry !== undefined) turn.entries.push(entry)
    const action = flow.actionOf[step] as number
    if (ledger.noteOutcome(action, outcome, turn.moment.ms, message, because === undefined ? undefined : this.#addressOf(because))) turn.effects.push({ kind: 'announce', subject: 'settled', action, step, attempt: this.attempts.madeOf(step), done: ledger.done })
  }
}
