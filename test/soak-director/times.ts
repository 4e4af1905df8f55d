/** What a host of a soak expects: its Director takes milliseconds. */
export const TIMES = {
  orderTimeoutMs: 1_000,
  pollEveryMs: 20,
  lagMs: 800,
  /** Longer than any order takes, with those before it. */
  visibleWithinMs: 2_500,
  /** Of a whole call: its order, and reads that lag. */
  timeoutMs: 6_000,
  retry: { attempts: 4, baseMs: 10, maxMs: 80 },
} as const

/** How the Director of a soak takes its time. */
export const ORDER_MS = 20
export const LAG_MS = 100
/** An order that is late, but in time; and one that nobody waits for any more. */
export const LATE_MS = [400, 1_600] as const
