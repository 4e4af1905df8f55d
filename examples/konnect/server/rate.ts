import type { MiddlewareHandler } from 'hono'
import { refuse } from './faults.ts'

/** How many requests the server takes from everybody together. */
export interface ServerRate {
  readonly perSecond: number
  /** At once, after a time of rest. Default: those of one second. */
  readonly burst?: number
}

/** Refuses what is more than the limit, and says when to come again. A refused request costs nothing. */
export function limitRate({ perSecond, burst = perSecond }: ServerRate, nowMs: () => number, newId: () => string): MiddlewareHandler {
  let tokens = burst
  let atMs = nowMs()
  return async (_, next) => {
    const now = nowMs()
    tokens = Math.min(burst, tokens + ((now - atMs) * perSecond) / 1000)
    atMs = now
    if (tokens < 1) return refuse(429, 1, newId())
    tokens -= 1
    return next()
  }
}
