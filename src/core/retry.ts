/** How a failed attempt is tried again, every value given. */
export interface RetryPolicy {
  readonly attempts: number
  readonly baseMs: number
  readonly maxMs: number
}

/** The ceiling of the delay before the attempt after this one: doubles each time. */
export function ceilingAfter(attempt: number, policy: RetryPolicy): number {
  return Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30))
}

/**
 * Full jitter: anywhere between what the backend asked for and the ceiling above it, so that many callers that failed
 * together do not come back together (Brooker, "Exponential Backoff And Jitter", 2015).
 */
export function drawDelay(ceilingMs: number, atLeastMs: number, random: number): number {
  return atLeastMs + Math.round(random * ceilingMs)
}
