import { setTimeout } from 'node:timers/promises'

/** Where the server takes its time from, in milliseconds since 1970. */
export interface ServerClock {
  readonly now: () => number
  /** Comes back after this time; rejects where the signal aborts before. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** The time of this machine. */
export const machineClock: ServerClock = { now: () => Date.now(), sleep: async (ms, signal) => setTimeout(ms, undefined, { signal }) }
