import type { Doubt } from './halt.ts'
import type { StepRemains } from './remains.ts'

/** How often each step was tried, by this process and those before it, and what is unknown of it. */
export class Attempts {
  /** Steps whose last call may have happened. */
  readonly doubts = new Map<number, Doubt>()
  /** Steps of which a call was lost, and left no handle to ask for it: it may have happened, whatever was answered since. */
  readonly #lost = new Set<number>()
  readonly #made: Int32Array
  readonly #failures: Int32Array
  /** After a definite failure a call is another one, with another key. */
  readonly #definiteFailures = new Map<number, number>()
  /** Attempts of earlier processes. */
  readonly #earlier = new Map<number, number>()

  constructor(size: number) {
    this.#made = new Int32Array(size)
    this.#failures = new Int32Array(size)
  }

  /** Takes over what an earlier process recorded of a step. */
  restore({ step, attempts, doubt, isLost, definiteFailures }: StepRemains): void {
    this.#made[step] = attempts
    this.#earlier.set(step, attempts)
    if (doubt !== undefined) this.doubt(step, doubt, isLost)
    if (definiteFailures > 0) this.#definiteFailures.set(step, definiteFailures)
  }

  /** Its call may have happened. `isLost`: and left no handle. */
  doubt(step: number, doubt: Doubt, isLost: boolean): void {
    this.doubts.set(step, doubt)
    if (isLost) this.#lost.add(step)
  }

  /** Somebody said that no call of it has happened. */
  dismiss(step: number): void {
    this.doubts.delete(step)
    this.#lost.delete(step)
  }

  /** True, once: an earlier call of it, late, may be what this one came into conflict with. */
  mayMeetItself(step: number): boolean {
    return this.#lost.delete(step)
  }

  /** Counts from 1. */
  begin(step: number): number {
    return (this.#made[step] = this.madeOf(step) + 1)
  }

  madeOf(step: number): number {
    return this.#made[step] as number
  }

  /** True for what an earlier process tried and this one has not. */
  isEarlier(step: number): boolean {
    return this.#earlier.get(step) === this.madeOf(step)
  }

  /** The key that calls of a step carry: the same until one fails for good. */
  keyOf(step: number, base: string): string {
    const failures = this.#definiteFailures.get(step)
    return failures === undefined ? base : `${base}:${failures + 1}`
  }

  noteDefiniteFailure(step: number): void {
    this.#definiteFailures.set(step, (this.#definiteFailures.get(step) ?? 0) + 1)
  }

  /** Failures so far that count, with this one where it does. */
  countFailure(step: number, counts: boolean): number {
    return (this.#failures[step] = (this.#failures[step] as number) + (counts ? 1 : 0))
  }

  /** There is no other attempt. */
  exhaust(step: number, most: number): void {
    this.#failures[step] = most
  }

  /** Somebody said that it is to be tried again, as often as at first. */
  renew(step: number): void {
    this.#failures[step] = 0
  }
}
