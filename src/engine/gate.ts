import type { RateLimit } from '../provider/provider.ts'
import type { Clock } from './clock.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000
const STRETCH_MS = 1_000
/** How much slower after a refusal, and how much faster after each answer, where nobody said how fast is allowed. */
const SLOWER = 1.25
const FASTER = 0.995

interface Waiter {
  readonly signal: AbortSignal
  readonly proceed: () => void
}

/**
 * Lets the requests of one provider through: as fast as its rate limit allows (a token bucket), one after the other in the
 * order of their coming, and none before the time that the backend asked for when it refused one. Where no limit is
 * declared, the pace is learned: what got through before a refusal is the first guess.
 */
export class RequestGate {
  readonly #clock: Clock
  readonly #isDeclared: boolean
  /** Between two requests in the long run. */
  #intervalMs: number
  /** How far ahead of that a burst may be. */
  readonly #toleranceMs: number
  /** When the bucket is full again, or was. */
  #fullAtMs = Number.NEGATIVE_INFINITY
  #closedUntilMs = Number.NEGATIVE_INFINITY
  #refusals = 0
  /** What passed in this stretch of time and the one before it. */
  #passed = { now: 0, before: 0, sinceMs: 0, beforeMs: 0 }
  #queue: Waiter[] = []
  #stopTimer: (() => void) | undefined

  constructor(clock: Clock, rate: RateLimit | undefined) {
    this.#clock = clock
    this.#isDeclared = rate !== undefined
    this.#intervalMs = rate === undefined ? 0 : 1_000 / rate.perSecond
    this.#toleranceMs = rate === undefined ? 0 : this.#intervalMs * (Math.max(1, rate.burst ?? rate.perSecond) - 1)
  }

  /** Undefined when the request may go at once; else resolves when it may. Rejects when the attempt's signal aborts first. */
  pass(attempt: { readonly signal: AbortSignal }): Promise<void> | undefined {
    if (this.#queue.length === 0 && this.#waitMs() <= 0) return void this.#count()
    const { signal } = attempt
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#queue = this.#queue.filter((each) => each !== waiter)
        reject(signal.reason as Error)
      }
      if (signal.aborted) return reject(signal.reason as Error)
      const waiter: Waiter = {
        signal,
        proceed: () => {
          signal.removeEventListener('abort', abort)
          resolve()
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      this.#queue.push(waiter)
      this.#pump()
    })
  }

  /** The backend refused a request: nothing passes before the time that it asked for. */
  close(retryAfterMs: number | undefined): void {
    const now = this.#clock.monotonic()
    // A refusal of what had been sent before it closed says nothing new.
    const isNew = now >= this.#closedUntilMs
    if (isNew) this.#refusals++
    const pauseMs = retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#refusals - 1, 30))
    if (isNew && !this.#isDeclared) this.#intervalMs = Math.max(this.#intervalMs * SLOWER, this.#guessInterval(now + pauseMs))
    if (isNew || retryAfterMs !== undefined) this.#closedUntilMs = Math.max(this.#closedUntilMs, now + pauseMs)
    // What the bucket held is worth nothing to a backend that refuses.
    this.#fullAtMs = Math.max(this.#fullAtMs, this.#closedUntilMs + this.#toleranceMs)
    this.#passed = { now: 0, before: 0, sinceMs: this.#closedUntilMs, beforeMs: this.#closedUntilMs }
  }

  /** The backend answered, whatever it said. */
  noteAnswer(): void {
    this.#refusals = 0
    if (!this.#isDeclared) this.#intervalMs *= FASTER
  }

  #waitMs(): number {
    const now = this.#clock.monotonic()
    return Math.max(this.#closedUntilMs, this.#fullAtMs - this.#toleranceMs) - now
  }

  #count(): void {
    const now = this.#clock.monotonic()
    this.#fullAtMs = Math.max(this.#fullAtMs, now) + this.#intervalMs
    const { now: passed, sinceMs } = this.#passed
    if (now - sinceMs > STRETCH_MS) this.#passed = { now: 0, before: passed, sinceMs: now, beforeMs: sinceMs }
    this.#passed.now++
  }

  /** What the backend took until it refused was meant for the time until it takes more. */
  #guessInterval(untilMs: number): number {
    const { now, before, beforeMs } = this.#passed
    return (untilMs - beforeMs) / Math.max(1, now + before)
  }

  #pump(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
    while (this.#queue.length > 0) {
      const waitMs = this.#waitMs()
      if (waitMs > 0) {
        this.#stopTimer = this.#clock.after(waitMs, () => this.#pump())
        return
      }
      this.#count()
      ;(this.#queue.shift() as Waiter).proceed()
    }
  }
}
