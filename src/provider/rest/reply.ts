import { ProviderError } from '../../core/errors.ts'
import { describeProblem, faultOfStatus, readRetryAfter, type FindProblem, type Problem } from './problem.ts'
import { isWrite, type HttpRequest } from './request.ts'

/** What came back for one request. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** True for a request that was refused as one too many, and so was not carried out (RFC 6585, 4; RFC 9110, 15.6.4 with 10.2.3). */
export function isRefused({ status, headers }: Reply): boolean {
  return status === 429 || (status === 503 && headers.has('retry-after'))
}

/** The parsed body, or a `ProviderError` that says what is wrong. */
export function readReply({ status, headers, text }: Reply, request: HttpRequest, base: string, findProblem: FindProblem | undefined): unknown {
  const what = `${request.method} ${request.path}`
  const writes = isWrite(request)
  if (status === 0 || (status >= 300 && status < 400)) throw new ProviderError('fatal', `${what}: it redirects, and credentials do not follow a redirect; correct the base URL ${base}`, { status })
  const isSuccess = status < 300
  const body = isSuccess && request.reply !== 'ignored' ? parseBody(text, what, writes) : parseExplanation(text)
  const found = findProblem?.(body, status, request)
  if (isSuccess && found === undefined) return body
  const problem: Problem = typeof found === 'string' ? { message: found, fields: [] } : (found ?? describeProblem(text))
  const fields = problem.fields.map(({ path, reason }) => ({ path: request.nameField?.(path) ?? path, reason }))
  // A reason is the rest of a sentence that the field begins, or one of its own.
  const words = [problem.message, fields.map(({ path, reason }) => `${path}${/^\p{Lu}/u.test(reason) ? ':' : ''} ${reason}`).join('; ')].filter((part) => part !== '').join(': ')
  const kind = problem.kind ?? (isSuccess ? 'fatal' : faultOfStatus(status, writes))
  const retryAfterMs = readRetryAfter(headers)
  throw new ProviderError(kind, `${what}: ${isSuccess ? '' : `${status} `}${words}${found === undefined ? hintFor(status) : ''}`, { status, fields, ...(retryAfterMs !== undefined && { retryAfterMs }) })
}

function parseBody(text: string, what: string, writes: boolean): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    const start = text.slice(0, 40).replace(/\s+/g, ' ')
    throw new ProviderError(writes ? 'ambiguous' : 'fatal', `${what}: the reply is no JSON, it begins with ${JSON.stringify(start)}; is the base URL that of the API?`)
  }
}

/** What came with an error need not be JSON. */
function parseExplanation(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function hintFor(status: number): string {
  if (status === 401) return '; check the token'
  return status === 403 ? '; the token lacks the right to do this' : ''
}
