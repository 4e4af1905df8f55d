import { ProviderError } from '../../core/errors.ts'
import { describeProblem, faultOfStatus, readRetryAfter, type Problem } from './problem.ts'

/** What came back for one request. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** What the reading of a reply has to know of its request. */
export interface ReplyReading {
  /** `PUT /teams/7`, for messages. */
  readonly what: string
  readonly isWrite: boolean
  readonly base: string
  /** Finds the problem in a body that came with a status of success. */
  readonly findProblem: ((body: unknown) => Problem | string | undefined) | undefined
}

/** True for a request that was refused as one too many, and so was not carried out (RFC 6585, 4; RFC 9110, 15.6.4 with 10.2.3). */
export function isRefused({ status, headers }: Reply): boolean {
  return status === 429 || (status === 503 && headers.has('retry-after'))
}

/** The parsed body, or a `ProviderError` that says what is wrong. */
export function readReply(reply: Reply, reading: ReplyReading): unknown {
  const { status, headers, text } = reply
  const { what, isWrite, base, findProblem } = reading
  if (status === 0 || (status >= 300 && status < 400)) throw new ProviderError('fatal', `${what}: it redirects, and a token does not follow a redirect; correct the base URL ${base}`, { status })
  if (status < 300) {
    const body = parseBody(text, what, isWrite)
    const found = findProblem?.(body)
    if (found === undefined) return body
    const problem = typeof found === 'string' ? { message: found, fields: [] } : found
    const listed = problem.fields.map(({ path, reason }) => `${path} ${reason}`).join('; ')
    throw new ProviderError('fatal', `${what}: ${[problem.message, listed].filter((part) => part !== '').join(': ')}`, { status, fields: problem.fields })
  }
  const retryAfterMs = readRetryAfter(headers)
  const problem = describeProblem(text)
  throw new ProviderError(faultOfStatus(status, isWrite), `${what}: ${status} ${problem.message}${hintFor(status)}`, { status, fields: problem.fields, ...(retryAfterMs !== undefined && { retryAfterMs }) })
}

function parseBody(text: string, what: string, isWrite: boolean): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    const start = text.slice(0, 40).replace(/\s+/g, ' ')
    throw new ProviderError(isWrite ? 'ambiguous' : 'fatal', `${what}: the reply is no JSON, it begins with ${JSON.stringify(start)}; is the base URL that of the API?`)
  }
}

function hintFor(status: number): string {
  if (status === 401) return '; check the token'
  return status === 403 ? '; the token lacks the right to do this' : ''
}
