import type { Entry, Outcome } from '../entry.ts'
import type { ErrorRecord } from '../errors.ts'
import { ceilingAfter, type RetryPolicy } from '../retry.ts'
import type { StateChange } from '../state.ts'
import type { Flow } from './flow.ts'
import { ReadyQueue } from './ready-queue.ts'
import { RunLedger } from './ledger.ts'
import type { Effect, Moment, Signal, SignalOf } from './signal.ts'

/** What a run is told before it begins. */
export interface RunSettings {
  readonly runId: string
  readonly concurrency: number
  readonly onFailure: 'stop' | 'continue'
  readonly retry: RetryPolicy
  readonly commit: 'each' | 'success'
}

/** Where a step is between its prerequisites and its outcome. */
const Phase = { waiting: 0, ready: 1, inspecting: 2, performing: 3, probing: 4, delayed: 5, settled: 6 } as const

/**
 * One run of one plan as a state machine: signals go in, effects come out, and the order of the effects is the contract.
 * A step's `started` entry is durable before it is performed, its outcome before a dependent starts. A signal costs time in
 * proportion to the edges that it releases.
 */
export class RunMachine {
  readonly ledger: RunLedger
  readonly #flow: Flow
  readonly #settings: RunSettings
  readonly #phase: Uint8Array
  readonly #missing: Int32Array
  readonly #attempts: Int32Array
  readonly #failures: Int32Array
  readonly #ready: ReadyQueue
  /** Steps whose last call may have happened, with what it failed with. */
  readonly #ambiguous = new Map<number, ErrorRecord>()
  #busy = 0
  #unsettled: number
  #halt: { readonly outcome: 'skipped' | 'cancelled'; readonly because?: number } | undefined
  #isFinished = false

  constructor(flow: Flow, settings: RunSettings) {
    const size = flow.steps.length
    this.#flow = flow
    this.#settings = settings
    this.#phase = new Uint8Array(size)
    this.#missing = new Int32Array(size)
    this.#attempts = new Int32Array(size)
    this.#failures = new Int32Array(size)
    this.#ready = new ReadyQueue(flow.remaining)
    this.#unsettled = size
    this.ledger = new RunLedger(flow)
    const { prerequisiteOffsets } = flow.graph
    for (let step = 0; step < size; step++) this.#missing[step] = (prerequisiteOffsets[step + 1] as number) - (prerequisiteOffsets[step] as number)
  }

  /** Takes a signal, and returns what is to be done because of it, in order. Signals that come too late do nothing. */
  signal(signal: Signal, moment: Moment): readonly Effect[] {
    if (this.#isFinished) return []
    const turn = new Turn(moment)
    switch (signal.kind) {
      case 'began':
        turn.entries.push(signal.entry)
        for (let step = 0; step < this.#missing.length; step++) if (this.#missing[step] === 0) this.#makeReady(step)
        break
      case 'cancelled':
        this.#halt ??= { outcome: 'cancelled' }
        break
      case 'handled':
        if (this.#phase[signal.step] !== Phase.performing) return []
        turn.entries.push({ kind: 'handle', step: this.#key(signal.step), handle: signal.handle, at: moment.at })
        turn.effects.push({ kind: 'acknowledge', step: signal.step, handle: signal.handle })
        break
      case 'waited':
        if (this.#phase[signal.step] === Phase.delayed) this.#makeReady(signal.step)
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
    const phase = this.#phase[step]
    if (phase !== Phase.inspecting && phase !== Phase.performing && phase !== Phase.probing) return
    switch (signal.kind) {
      case 'inspected':
        if (signal.settled !== undefined) return this.#succeed(step, turn, signal.settled, this.#ambiguous.has(step), signal.id)
        return this.#perform(step, turn, signal)
      case 'moved':
        return this.#settle(step, 'stale', { kind: 'stale', step: this.#key(step), message: signal.message, at: turn.moment.at }, turn, signal.message)
      case 'done':
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
    if (phase === Phase.probing) {
      const first = this.#ambiguous.get(step) as ErrorRecord
      return this.#interrupt(step, `${first.message}; asking whether it happened failed too: ${error.message}`, turn)
    }
    if (wasCall && fault === 'ambiguous') this.#ambiguous.set(step, error)
    // Its time is up: also after a probe there is no other attempt.
    if (final) this.#failures[step] = this.#settings.retry.attempts
    const canRepeat = fault === 'retryable' || (fault === 'ambiguous' && (repeatable || !wasCall))
    if (canRepeat && !final && this.#retry(step, error, retryAfterMs, turn)) return
    if (!this.#ambiguous.has(step)) return this.#fail(step, error, turn)
    turn.entries.push({ kind: 'attempted', step: this.#key(step), attempt: this.#attempts[step] as number, error, at: turn.moment.at })
    this.#phase[step] = Phase.probing
    turn.effects.push({ kind: 'probe', step, error })
  }

  /** The backend has said whether an ambiguous call happened. */
  #resolve(step: number, turn: Turn, { answer, change, id, message }: SignalOf<'probed'>): void {
    const error = this.#ambiguous.get(step) as ErrorRecord
    if (answer === 'happened') return this.#succeed(step, turn, change, true, id)
    if (answer === 'unknown') return this.#interrupt(step, message ?? `${error.message}; whether it happened is unknown`, turn)
    this.#ambiguous.delete(step)
    if (!this.#retry(step, error, 0, turn)) this.#fail(step, error, turn)
  }

  #perform(step: number, turn: Turn, seen: SignalOf<'inspected'>): void {
    const attempt = (this.#attempts[step] as number) + 1
    this.#attempts[step] = attempt
    this.#phase[step] = Phase.performing
    const idempotencyKey = `${this.#settings.runId}:${this.#key(step)}`
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

  /** Arranges another attempt; false when there is none left, or the run starts nothing more. */
  #retry(step: number, error: ErrorRecord, retryAfterMs: number, turn: Turn): boolean {
    const failures = (this.#failures[step] as number) + 1
    this.#failures[step] = failures
    if (this.#halt !== undefined || failures >= this.#settings.retry.attempts) return false
    const ceilingMs = ceilingAfter(failures, this.#settings.retry)
    turn.entries.push({ kind: 'attempted', step: this.#key(step), attempt: failures, error, retryInMs: retryAfterMs + ceilingMs, at: turn.moment.at })
    this.#phase[step] = Phase.delayed
    this.#busy--
    turn.effects.push(
      { kind: 'announce', subject: 'retried', action: this.#flow.actionOf[step] as number, step, attempt: failures, done: this.ledger.done, error, delayCeilingMs: ceilingMs },
      { kind: 'wait', step, ceilingMs, atLeastMs: retryAfterMs },
    )
    return true
  }

  #succeed(step: number, turn: Turn, change?: StateChange, adopted = false, id?: string): void {
    if (id !== undefined) this.ledger.noteId(this.#flow.actionOf[step] as number, id)
    this.#settle(step, 'succeeded', { kind: 'succeeded', step: this.#key(step), ...(change && { change }), ...(adopted && { adopted }), at: turn.moment.at }, turn)
    const { dependentOffsets, dependents } = this.#flow.graph
    for (let edge = dependentOffsets[step] as number; edge < (dependentOffsets[step + 1] as number); edge++) {
      const dependent = dependents[edge] as number
      this.#missing[dependent] = (this.#missing[dependent] as number) - 1
      if (this.#missing[dependent] === 0 && this.#phase[dependent] === Phase.waiting) this.#makeReady(dependent)
    }
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
    this.#busy--
    if (outcome === 'succeeded') return
    const because = this.#address(step)
    const { dependentOffsets, dependents } = this.#flow.graph
    const queue = [step]
    for (const current of queue)
      for (let edge = dependentOffsets[current] as number; edge < (dependentOffsets[current + 1] as number); edge++) {
        const dependent = dependents[edge] as number
        if (this.#phase[dependent] !== Phase.waiting) continue
        this.#close(dependent, 'skipped', { kind: 'skipped', step: this.#key(dependent), because, at: turn.moment.at }, turn, `${because}, which it waits for, did not succeed`, step)
        queue.push(dependent)
      }
  }

  #close(step: number, outcome: Outcome, entry: Entry, turn: Turn, message?: string, because?: number): void {
    this.#phase[step] = Phase.settled
    this.#unsettled--
    this.#ambiguous.delete(step)
    turn.entries.push(entry)
    const action = this.#flow.actionOf[step] as number
    const isComplete = this.ledger.noteOutcome(action, outcome, turn.moment.ms, message, because === undefined ? undefined : this.#address(because))
    if (isComplete) turn.effects.push({ kind: 'announce', subject: 'settled', action, step, attempt: this.#attempts[step] as number, done: this.ledger.done })
  }

  #makeReady(step: number): void {
    this.#phase[step] = Phase.ready
    this.#ready.push(step)
  }

  #startReady(turn: Turn): void {
    if (this.#halt !== undefined) return
    while (this.#busy < this.#settings.concurrency) {
      const step = this.#ready.pop()
      if (step === undefined) return
      this.#busy++
      this.#phase[step] = Phase.inspecting
      turn.effects.push({ kind: 'inspect', step, mayHaveHappened: this.#ambiguous.has(step) })
    }
  }

  #finishWhenDone(turn: Turn): void {
    if (this.#busy > 0 || (this.#unsettled > 0 && this.#halt === undefined)) return
    const { outcome, because } = this.#halt ?? { outcome: 'cancelled' }
    const address = because === undefined ? undefined : this.#address(because)
    const message = address === undefined ? 'the run was cancelled before it started' : `the run stopped after ${address}`
    for (let step = 0; step < this.#phase.length && this.#unsettled > 0; step++) {
      if (this.#phase[step] === Phase.settled) continue
      const key = this.#key(step)
      const doubt = this.#ambiguous.get(step)
      if (doubt !== undefined) {
        const unknown = `${doubt.message}; whether it happened is unknown`
        this.#close(step, 'interrupted', { kind: 'interrupted', step: key, message: unknown, at: turn.moment.at }, turn, unknown)
        continue
      }
      const entry: Entry = outcome === 'cancelled' || address === undefined ? { kind: 'cancelled', step: key, at: turn.moment.at } : { kind: 'skipped', step: key, because: address, at: turn.moment.at }
      this.#close(step, outcome, entry, turn, message, because)
    }
    const { outcome: ended, allSucceeded } = this.ledger.judge(this.#halt?.outcome === 'cancelled')
    const open = ended === 'interrupted' || (this.#settings.commit === 'success' && !allSucceeded && this.ledger.counts.succeeded > 0)
    // A crash between the two leaves the run open, and its entries are folded again: the commit must come first.
    if (this.#settings.commit === 'each' || allSucceeded) turn.effects.push({ kind: 'commit' })
    turn.effects.push({ kind: 'record', entries: [{ kind: 'run-ended', outcome: ended, open, at: turn.moment.at }] }, { kind: 'finish', outcome: ended, open })
    this.#isFinished = true
  }

  #key(step: number): string {
    return (this.#flow.steps[step] as Flow['steps'][number]).key
  }

  #address(step: number): Flow['actions'][number]['address'] {
    return (this.#flow.actions[this.#flow.actionOf[step] as number] as Flow['actions'][number]).address
  }
}

/** What one signal comes to: its entries are recorded together, before everything else. */
class Turn {
  readonly moment: Moment
  readonly entries: Entry[] = []
  readonly effects: Effect[] = []
  constructor(moment: Moment) {
    this.moment = moment
  }
  close(): readonly Effect[] {
    return this.entries.length === 0 ? this.effects : [{ kind: 'record', entries: this.entries }, ...this.effects]
  }
}
