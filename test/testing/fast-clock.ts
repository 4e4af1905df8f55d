import type { Clock } from 'convergent'
import { createRandom } from '../../src/testing/manual-clock.ts'

interface Timer {
  readonly dueMs: number
  readonly callback: () => void
}

/** A clock that goes on by itself as soon as nothing is left to do now, `turns` of the event loop later: for many timers in one process, without a socket. */
export function fastClock({ seed = 1, turns = 8 }: { readonly seed?: number; readonly turns?: number } = {}): Clock {
  const random = createRandom(seed)
  const timers: Timer[] = []
  let nowMs = 0
  let ids = 0
  let isRunning = false
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  const run = async (): Promise<void> => {
    isRunning = true
    for (await settle(); timers.length > 0; await settle()) {
      const timer = timers.shift() as Timer
      nowMs = Math.max(nowMs, timer.dueMs)
      timer.callback()
    }
    isRunning = false
  }
  return {
    now: () => Date.UTC(2026, 0, 1) + nowMs,
    monotonic: () => nowMs,
    random,
    id: () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
    after(delayMs, callback) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), callback }
      let [low, high] = [0, timers.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if ((timers[middle] as Timer).dueMs <= timer.dueMs) low = middle + 1
        else high = middle
      }
      timers.splice(low, 0, timer)
      if (!isRunning) void run()
      return () => {
        const at = timers.indexOf(timer)
        if (at >= 0) timers.splice(at, 1)
      }
    },
  }
}
