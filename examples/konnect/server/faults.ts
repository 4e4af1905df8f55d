import type { Context, MiddlewareHandler } from 'hono'
import type { RequestFault, RequestFaults } from '../../parts/request-faults.ts'
import { Problem } from './problem.ts'

/**
 * What goes wrong with a request: `overload` (429) and `unavailable` (503), refused before anything happened; `error` (500)
 * before anything happened; `reset-before` and `reset-after`: the connection is cut, and it did not happen or it did.
 */
export type ServerFaultKind = 'overload' | 'unavailable' | 'error' | 'reset-before' | 'reset-after'

/** Faults on demand. */
export interface ServerFault extends RequestFault<ServerFaultKind> {
  /** `Retry-After` of a refusal. Default: none. */
  readonly retryAfterS?: number
}

/** The header of a reply that is never to arrive. */
const LOST = 'x-lost-reply'

/** Lets faults happen around the handlers. */
export function sufferFaults(faults: RequestFaults<ServerFault>, newId: () => string): MiddlewareHandler {
  return async (context, next) => {
    const fault = faults.take(context.req.method, context.req.path)
    if (fault === undefined) return next()
    if (fault.fault === 'overload' || fault.fault === 'unavailable') return refuse(fault.fault === 'overload' ? 429 : 503, fault.retryAfterS, newId())
    if (fault.fault === 'error') return new Problem(500, 'something went wrong').toResponse(newId())
    if (fault.fault === 'reset-before') return new Response(null, { headers: { [LOST]: 'not done' } })
    await next()
    context.res = new Response(null, { headers: { [LOST]: `done: ${context.res.status}` } })
    return undefined
  }
}

/** A refusal that was not carried out. */
export function refuse(status: 429 | 503, retryAfterS: number | undefined, trace: string): Response {
  const reply = new Problem(status, status === 429 ? 'API rate limit exceeded' : 'the service is not available').toResponse(trace)
  if (retryAfterS !== undefined) reply.headers.set('retry-after', String(retryAfterS))
  return reply
}

/** True for a reply that must not arrive. */
export function isLost(reply: Response): boolean {
  return reply.headers.has(LOST)
}

/** What the client of a server without a socket meets instead. */
export function resetError(): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }) })
}

/** The status that a request came to, for the log: 0 where no reply arrived. */
export function statusOf(context: Context): number {
  return isLost(context.res) ? 0 : context.res.status
}
