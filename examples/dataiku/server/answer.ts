import type { ServerClock } from './clock.ts'
import type { ServerFault } from './faults.ts'
import { ReplyError, toRefusal, toReply } from './reply.ts'

/** Answers a request with what carries it out, or with a fault; rejects where no reply may arrive. */
export async function answer(request: Request, fault: ServerFault | undefined, clock: ServerClock, carryOut: () => Promise<unknown>): Promise<Response> {
  const afterMs = fault?.afterMs ?? 1_000
  switch (fault?.fault) {
    case 'unavailable':
      return new Response('<html><body>Service Unavailable</body></html>', { status: 503, headers: { 'content-type': 'text/html' } })
    case 'error':
      return toRefusal(unexpected())
    case 'rate-limited':
      return toRefusal(new ReplyError('TooManyRequestsException', 'Too many requests'), { 'retry-after': String(afterMs / 1_000) })
    case 'error-after':
      await perform(carryOut)
      return toRefusal(unexpected())
    case 'reset-before':
      throw resetError()
    case 'reset-after':
      await perform(carryOut)
      throw resetError()
    case 'slow': {
      const reply = await perform(carryOut)
      await clock.sleep(afterMs, request.signal)
      return reply
    }
    case 'hang':
      return waitForAbort(request.signal)
    default:
      return perform(carryOut)
  }
}

/** Never comes back; rejects when the client goes away. */
export async function waitForAbort(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted()
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
}

async function perform(carryOut: () => Promise<unknown>): Promise<Response> {
  try {
    return toReply(await carryOut())
  } catch (error) {
    return toRefusal(error instanceof ReplyError ? error : unexpected())
  }
}

function unexpected(): ReplyError {
  return new ReplyError('InternalServerErrorException', 'An internal error occurred')
}

/** What the client of a server without a socket meets instead of a cut connection. */
function resetError(): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }) })
}
