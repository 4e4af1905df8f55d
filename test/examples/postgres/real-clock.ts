import { manualClock, type ManualClock } from 'convergent/testing'

/** A real database takes real time; pauses before another attempt are shorter. */
export const realClock: ManualClock = {
  ...manualClock(),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs < 5_000 ? delayMs / 50 : delayMs)
    return () => clearTimeout(timer)
  },
}
