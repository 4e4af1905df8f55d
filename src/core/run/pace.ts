import type { ErrorRecord } from '../errors.ts'
import { ceilingAfter, type RetryPolicy } from '../retry.ts'
import { Breaker, isRefusal, isSilence } from './breaker.ts'
import { Schedule, type StepGroups } from './schedule.ts'

/** What bounds a run. */
export interface PaceSettings {
  readonly concurrency: number
  readonly groups?: StepGroups
  readonly retry: RetryPolicy
  /** Calls in a row without an answer before the run pauses. Absent: never. */
  readonly breakerFailures?: number
}

/** What a failed call says of the backend: leave it alone for a while, or for good. */
export type Verdict = { readonly kind: 'rest'; readonly ceilingMs: number } | { readonly kind: 'down'; readonly message: string }

/** How fast a run goes: which step may start now, and what the backend's answers, refusals and silence change about it. */
export class Pace {
  readonly #settings: PaceSettings
  readonly #schedule: Schedule
  readonly #breaker: Breaker
  /** The breaker's round in which a step's last call began. */
  readonly #rounds: Int32Array
  #isResting = false

  constructor(priorities: Float64Array, settings: PaceSettings) {
    this.#settings = settings
    this.#schedule = new Schedule(priorities, settings.concurrency, settings.groups)
    this.#breaker = new Breaker(settings.breakerFailures ?? Number.POSITIVE_INFINITY)
    this.#rounds = new Int32Array(priorities.length)
  }

  /** How many may be under way now. */
  get window(): number {
    return this.#schedule.window
  }

  /** Steps under way. */
  get busy(): number {
    return this.#schedule.busy
  }

  push(step: number): void {
    this.#schedule.push(step)
  }

  /** Takes the next step that may start. A backend in doubt gets one call at a time, and none while it rests. */
  take(): number | undefined {
    if (this.#isResting || (this.#breaker.isDoubtful && this.#schedule.busy > 0)) return undefined
    return this.#schedule.take()
  }

  /** Gives a step's place back. */
  release(step: number): void {
    this.#schedule.release(step)
  }

  noteCall(step: number): void {
    this.#rounds[step] = this.#breaker.round
  }

  noteAnswer(): void {
    this.#breaker.noteAnswer()
  }

  noteSuccess(): void {
    this.#schedule.recover()
  }

  /** Backs off from a backend that is too busy, and gives up for now on one that does not answer. */
  noteFailure(step: number, error: ErrorRecord): Verdict | undefined {
    if (isRefusal(error) || isSilence(error)) this.#schedule.backOff()
    if (!isSilence(error)) return void this.#breaker.noteAnswer()
    if (!this.#breaker.noteSilence(this.#rounds[step] as number)) return undefined
    const { count } = this.#breaker
    if (this.#breaker.isDown) return { kind: 'down', message: `the backend did not answer ${count} calls in a row; the last one: ${error.message}` }
    if (!this.#breaker.isDoubtful || this.#isResting) return undefined
    this.#isResting = true
    return { kind: 'rest', ceilingMs: ceilingAfter(count, this.#settings.retry) }
  }

  rested(): void {
    this.#isResting = false
  }

  /** False for the silence of a backend in doubt: that costs the step no attempt. */
  costsAttempt(error: ErrorRecord): boolean {
    return this.#settings.breakerFailures === undefined || !isSilence(error) || !this.#breaker.isDoubtful
  }
}
