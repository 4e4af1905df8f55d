import { createRandom } from '../../src/testing/manual-clock.ts'
import type { Clock } from '../../src/engine/clock.ts'

interface Timer {
  readonly dueMs: number
  readonly callback: () => void
}

/** Time that goes on only while a call is under way, and then straight to the next timer: makespans come out exact. */
export interface VirtualClock extends Clock {
  /** Ends after this much of virtual time. */
  sleep(delayMs: number): Promise<void>
}

export function createVirtualClock(seed: number): VirtualClock {
  const timers = new Set<Timer>()
  const random = createRandom(seed)
  let elapsedMs = 0
  let sleepers = 0
  let ids = 0
  let isArranged = false
  const after = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { dueMs: elapsedMs + Math.max(0, delayMs), callback }
    timers.add(timer)
    return () => void timers.delete(timer)
  }
  const arrange = (): void => {
    if (isArranged || sleepers === 0) return
    isArranged = true
    void settle().then(() => {
      isArranged = false
      let next: Timer | undefined
      for (const timer of timers) if (next === undefined || timer.dueMs < next.dueMs) next = timer
      if (next !== undefined) {
        timers.delete(next)
        elapsedMs = Math.max(elapsedMs, next.dueMs)
        next.callback()
      }
      arrange()
    })
  }
  return {
    now: () => Date.UTC(2026, 0, 1) + elapsedMs,
    monotonic: () => elapsedMs,
    random,
    id: () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
    after,
    sleep: (delayMs) =>
      new Promise((resolve) => {
        sleepers++
        after(delayMs, () => {
          sleepers--
          resolve()
        })
        arrange()
      }),
  }
}

/** Lets everything happen that needs no time: promises, and the tasks and timers that they queue. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setTimeout(resolve, 0))
}
