import type { Clock } from '../engine/clock.ts'
import { whenIdle } from './idle.ts'

/** A clock that stands until it is told to go, with chance and ids from a seed: the same test, the same run. */
export interface ManualClock extends Clock {
  /** Goes on by this much: due timers fire in order, and what they lead to settles before the next one. */
  advance(ms: number): Promise<void>
  /** Goes on to each next timer until none is left. */
  runAll(): Promise<void>
  /** Timers that wait. */
  pending(): number
}

interface Timer {
  readonly dueMs: number
  readonly order: number
  readonly callback: () => void
}

/**
 * Makes a manual clock. `now`: milliseconds since 1970, default 2026-01-01. `seed`: default 1. `auto`: true lets time go on by
 * itself whenever nothing else happens, so that retries and timeouts cost no waiting; default false.
 *
 * @example
 * ```ts
 * import { manualClock } from 'convergent/testing'
 *
 * const clock = manualClock()
 * const rung: string[] = []
 * clock.after(5_000, () => rung.push('five seconds'))
 * await clock.advance(4_999)
 * rung.length // => 0
 * await clock.advance(1)
 * rung // => ['five seconds']
 * ```
 */
export function manualClock(options: { readonly now?: number; readonly seed?: number; readonly auto?: boolean } = {}): ManualClock {
  const startMs = options.now ?? Date.UTC(2026, 0, 1)
  const random = createRandom(options.seed ?? 1)
  let elapsedMs = 0
  let count = 0
  let ids = 0
  let isScheduled = false
  const timers = new Set<Timer>()

  const next = (): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) if (first === undefined || timer.dueMs < first.dueMs || (timer.dueMs === first.dueMs && timer.order < first.order)) first = timer
    return first
  }
  const fire = (timer: Timer): void => {
    timers.delete(timer)
    elapsedMs = Math.max(elapsedMs, timer.dueMs)
    timer.callback()
  }
  const scheduleAuto = (): void => {
    if (options.auto !== true || isScheduled || timers.size === 0) return
    isScheduled = true
    void whenIdle().then(() => {
      isScheduled = false
      const timer = next()
      if (timer !== undefined) fire(timer)
      scheduleAuto()
    })
  }
  const advanceTo = async (untilMs: number): Promise<void> => {
    await whenIdle()
    for (let timer = next(); timer !== undefined && timer.dueMs <= untilMs; timer = next()) {
      fire(timer)
      await whenIdle()
    }
  }
  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    random,
    id: () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
    after(delayMs, callback) {
      const timer: Timer = { dueMs: elapsedMs + Math.max(0, delayMs), order: count++, callback }
      timers.add(timer)
      scheduleAuto()
      return () => void timers.delete(timer)
    },
    async advance(ms) {
      const untilMs = elapsedMs + ms
      await advanceTo(untilMs)
      elapsedMs = Math.max(elapsedMs, untilMs)
    },
    async runAll() {
      await whenIdle()
      for (let timer = next(); timer !== undefined; timer = next()) await advanceTo(timer.dueMs)
    },
    pending: () => timers.size,
  }
}

/** Numbers from 0 to below 1 out of a seed (mulberry-style mixing). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
