import type { ServerFault } from './faults.ts'
import { ReplyError, toReply } from './reply.ts'

/** Answers a request with what carries it out, or with a fault; rejects where no reply may arrive. */
export async function answer(request: Request, fault: ServerFault | undefined, carryOut: () => Promise<unknown>): Promise<Response> {
  switch (fault?.fault) {
    case 'unavailable':
      return new Response('<html><body>Service Unavailable</body></html>', { status: 503, headers: { 'content-type': 'text/html' } })
    case 'error':
      return toReply(unexpected())
    case 'rate-limited':
      return Response.json({ status: 'Failed', message: 'Too many requests' }, { status: 429, headers: { 'retry-after': String((fault.afterMs ?? 1_000) / 1_000) } })
    case 'error-after':
      await perform(carryOut)
      return toReply(unexpected())
    case 'reset-before':
      throw resetError()
    case 'reset-after':
      await perform(carryOut)
      throw resetError()
    case 'hang':
      request.signal.throwIfAborted()
      return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason as Error)))
    default:
      return perform(carryOut)
  }
}

async function perform(carryOut: () => Promise<unknown>): Promise<Response> {
  try {
    return Response.json(await carryOut())
  } catch (error) {
    return toReply(error instanceof ReplyError ? error : unexpected())
  }
}

function unexpected(): ReplyError {
  return new ReplyError(500, 'Internal server error')
}

/** What the client of a server without a socket meets instead of a cut connection. */
function resetError(): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }) })
}
