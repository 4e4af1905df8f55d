/** Where a local server takes its time from. */
export interface ServerClock {
  readonly monotonic: () => number
  readonly after: (delayMs: number, callback: () => void) => unknown
}

/** The time of this machine. */
export const machineClock: ServerClock = { monotonic: () => performance.now(), after: (delayMs, callback) => setTimeout(callback, delayMs) }

/** Lets time pass, and everybody else have a turn. */
export function waitFor(clock: ServerClock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.after(delayMs, resolve))
}
