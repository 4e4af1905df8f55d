import type { Clock } from './clock.ts'

interface Deadline {
  readonly dueMs: number
  callback: (() => void) | undefined
}

/**
 * Deadlines of one length, in the order in which they were set, which is the order in which they are due: one timer of the clock
 * for all of them. A timer a call would cost more than the call.
 */
class DeadlineQueue {
  readonly #clock: Clock
  readonly #delayMs: number
  #waiting: Deadline[] = []
  #head = 0
  #stopTimer: (() => void) | undefined

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock
    this.#delayMs = delayMs
  }

  get isEmpty(): boolean {
    return this.#head === this.#waiting.length
  }

  set(callback: () => void): () => void {
    const deadline: Deadline = { dueMs: this.#clock.monotonic() + this.#delayMs, callback }
    this.#waiting.push(deadline)
    if (this.#stopTimer === undefined) this.#arm(this.#delayMs)
    return () => {
      deadline.callback = undefined
      this.#dropSettled()
    }
  }

  /** A timer that waits for nobody would keep the process alive, and let a test's clock run on. */
  #dropSettled(): void {
    while (!this.isEmpty && this.#waiting[this.#head]?.callback === undefined) this.#head++
    if (this.isEmpty) {
      this.#waiting = []
      this.#head = 0
      this.#stopTimer?.()
      this.#stopTimer = undefined
    } else if (this.#head > 1_024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
  }

  #arm(delayMs: number): void {
    this.#stopTimer = this.#clock.after(delayMs, () => {
      this.#stopTimer = undefined
      const now = this.#clock.monotonic()
      for (let due = this.#waiting[this.#head]; due !== undefined && due.dueMs <= now; due = this.#waiting[this.#head]) {
        this.#head++
        due.callback?.()
      }
      this.#dropSettled()
      const next = this.#waiting[this.#head]
      if (next !== undefined && this.#stopTimer === undefined) this.#arm(Math.max(0, next.dueMs - now))
    })
  }
}

const MOST_LENGTHS = 16
const queues = new WeakMap<Clock, Map<number, DeadlineQueue>>()

/** Calls back once after the time; the returned function cancels it. As `clock.after`, for many calls that have the same time. */
export function setDeadline(clock: Clock, delayMs: number, callback: () => void): () => void {
  let byDelay = queues.get(clock)
  if (byDelay === undefined) queues.set(clock, (byDelay = new Map()))
  let queue = byDelay.get(delayMs)
  if (queue === undefined) {
    // What is left of a time that was interrupted is a length of its own each time.
    for (const [length, { isEmpty }] of byDelay) if (isEmpty && byDelay.size >= MOST_LENGTHS) byDelay.delete(length)
    if (byDelay.size >= MOST_LENGTHS) return clock.after(delayMs, callback)
    byDelay.set(delayMs, (queue = new DeadlineQueue(clock, delayMs)))
  }
  return queue.set(callback)
}
