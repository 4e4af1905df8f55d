/** Where the server takes its time from, in milliseconds since 1970: what it keeps in a file must mean the same after a restart. */
export interface ServerClock {
  readonly now: () => number
}

/** The time of this machine. */
export const machineClock: ServerClock = { now: () => Date.now() }
