import type { Route } from './commands.ts'
import type { ServerFault } from './faults.ts'
import { notFound, refusal, ReplyError, unexpected } from './reply.ts'

/** What an answer depends on besides the request. */
export interface AnswerScene {
  readonly route: Route | undefined
  /** What `authorization` must be. */
  readonly credentials: string
  readonly fault: ServerFault | undefined
  readonly wait: (delayMs: number) => Promise<void>
}

/** Answers a request, or rejects where no reply may arrive. */
export async function answer(request: Request, { route, credentials, fault, wait }: AnswerScene): Promise<Response> {
  const carryOut = (): Promise<Response> => perform(request, route, credentials, fault?.fault === 'in-vain')
  switch (fault?.fault) {
    case 'unavailable':
      return Response.json({ status: 503, message: 'Service not available' }, { status: 503 })
    case 'error':
      return toResponse(unexpected())
    case 'error-after':
      await carryOut()
      return toResponse(unexpected())
    case 'warning':
      return Response.json({ errorMessage: 'The change could not be carried out, see the log for details', errorTitle: 'Warning', errorLevel: 'warning' })
    case 'reset-before':
      throw resetError()
    case 'reset-after':
      await carryOut()
      throw resetError()
    case 'reset-late': {
      const late = request.clone()
      void wait(fault.afterMs ?? 50).then(() => perform(late, route, credentials, false))
      throw resetError()
    }
    case 'hang':
      request.signal.throwIfAborted()
      return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason as Error)))
    default:
      return carryOut()
  }
}

async function perform(request: Request, route: Route | undefined, credentials: string, isVain: boolean): Promise<Response> {
  try {
    const isPost = request.method === 'POST'
    if (!isPost && request.method !== 'GET') throw refusal(405, `Method ${request.method} is not allowed`)
    if (request.headers.get('authorization') !== credentials) throw refusal(401, 'Authentication Failed')
    if (route === undefined) throw notFound()
    const { command, name, params } = route
    if (params.length < command.paramCount) throw refusal(400, `action ${name.split('/').at(-1)} expects at least ${command.paramCount} parameter(s)`)
    const post = await readPost(request)
    return Response.json(await command.run({ isPost, params, post: isPost ? post : {}, path: new URL(request.url).pathname, isVain }))
  } catch (error) {
    return toResponse(error instanceof ReplyError ? error : unexpected())
  }
}

/** Who says that there is JSON has to bring some, with a GET as well. Without that word, a body is not looked at. */
async function readPost(request: Request): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? '')) return {}
  try {
    const body: unknown = JSON.parse(await request.text())
    return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  } catch {
    throw refusal(400, 'Invalid JSON syntax')
  }
}

function toResponse({ status, body }: ReplyError): Response {
  return Response.json(body, { status })
}

/** What the client of a server without a socket meets instead of a cut connection. */
function resetError(): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }) })
}
