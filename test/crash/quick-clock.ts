import type { Clock } from '../../src/engine/clock.ts'

/** A clock whose time goes on by itself whenever a few turns of the event loop have passed: for tests in which nearly all is waiting. */
export function createQuickClock(): Clock {
  const timers: { readonly dueMs: number; readonly callback: () => void }[] = []
  let elapsedMs = 0
  let ids = 0
  let isScheduled = false
  const turn = (left: number): void => {
    if (left > 0) return void setImmediate(() => turn(left - 1))
    isScheduled = false
    const first = timers.toSorted((one, other) => one.dueMs - other.dueMs)[0]
    if (first === undefined) return
    timers.splice(timers.indexOf(first), 1)
    elapsedMs = Math.max(elapsedMs, first.dueMs)
    schedule()
    first.callback()
  }
  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    turn(8)
  }
  return {
    now: () => Date.UTC(2026, 0, 1) + elapsedMs,
    monotonic: () => elapsedMs,
    after: (delayMs, callback) => {
      const timer = { dueMs: elapsedMs + Math.max(0, delayMs), callback }
      timers.push(timer)
      schedule()
      return () => {
        const at = timers.indexOf(timer)
        if (at >= 0) timers.splice(at, 1)
      }
    },
    random: () => 0.5,
    id: () => `id-${++ids}`,
  }
}
