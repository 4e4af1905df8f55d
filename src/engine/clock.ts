/** Time, chance and identity: the only place of the shell that touches them, so that tests can bring their own. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number
  /** A clock that never goes back, in milliseconds. */
  monotonic(): number
  /** Calls back once after the time; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void
  /** At least 0, less than 1. */
  random(): number
  /** A new UUID. */
  id(): string
}

/** The real clock of this process. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
  id: () => crypto.randomUUID(),
}

/** Resolves in a later task of the event loop, however the clock stands. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
