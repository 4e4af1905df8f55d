import type { Context, MiddlewareHandler } from 'hono'
import { Problem } from './problem.ts'

/**
 * What goes wrong with a request: `overload` (429) and `unavailable` (503), refused before anything happened; `error` (500)
 * before anything happened; `reset-before` and `reset-after`: the connection is cut, and it did not happen or it did.
 */
export type ServerFaultKind = 'overload' | 'unavailable' | 'error' | 'reset-before' | 'reset-after'

/** Faults on demand. */
export interface ServerFault {
  readonly fault: ServerFaultKind
  /** Only requests of this method. Default: any. */
  readonly method?: string
  /** Only requests whose path it matches. Default: any. */
  readonly path?: RegExp
  /** Lets this many fitting requests pass first, and again between two rounds. Default: 0. */
  readonly skip?: number
  /** How many in a row it hits. Default: 1. */
  readonly times?: number
  /** Instead: all that come within this time of the first. */
  readonly forMs?: number
  /** True: begins anew after each round. Default: false. */
  readonly repeats?: boolean
  /** `Retry-After` of a refusal. Default: none. */
  readonly retryAfterS?: number
}

/** The header of a reply that is never to arrive. */
const LOST = 'x-lost-reply'

interface Script {
  readonly fault: ServerFault
  skip: number
  left: number
  untilMs: number | undefined
}

/** Faults that requests meet, in the order in which they were asked for. */
export class Faults {
  #scripts: Script[] = []
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  add(fault: ServerFault): void {
    this.#scripts.push(beginRound(fault))
  }

  clear(): void {
    this.#scripts = []
  }

  take(method: string, path: string): ServerFault | undefined {
    for (const script of this.#scripts) {
      const { fault } = script
      if (fault.method !== undefined && fault.method !== method) continue
      if (fault.path !== undefined && !fault.path.test(path)) continue
      const isOver = fault.forMs === undefined ? script.left === 0 : script.untilMs !== undefined && this.#nowMs() >= script.untilMs
      if (isOver) {
        if (fault.repeats !== true) continue
        Object.assign(script, beginRound(fault))
      }
      if (script.skip > 0) {
        script.skip--
        continue
      }
      script.left--
      script.untilMs ??= this.#nowMs() + (fault.forMs ?? 0)
      return fault
    }
    return undefined
  }
}

function beginRound(fault: ServerFault): Script {
  return { fault, skip: fault.skip ?? 0, left: fault.times ?? 1, untilMs: undefined }
}

/** Lets faults happen around the handlers. */
export function sufferFaults(faults: Faults, newId: () => string): MiddlewareHandler {
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
