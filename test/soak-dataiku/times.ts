/** What a host of a soak expects: its server takes milliseconds. */
export const TIMES = { futureTimeoutMs: 800, pollEveryMs: 20 } as const
/** Of a whole call, with its future. */
export const TIMEOUT_MS = 3_000
export const RETRY = { attempts: 4, baseMs: 10, maxMs: 80 } as const

/** How long a deletion takes. */
export const FUTURE_MS = 20
/** One that is late, but in time; and one that nobody waits for any more. */
export const LATE_MS = [300, 1_300] as const
