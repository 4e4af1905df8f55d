import { ProviderError } from '../../core/errors.ts'
import type { ReadContext } from '../provider.ts'
import { describeProblem, faultOfStatus, readRetryAfter } from './problem.ts'

/** How to reach an API. */
export interface HttpClientOptions {
  /** Scheme, host and, where there is one, a path prefix. */
  readonly baseUrl: string
  /** Headers of every request, asked anew for each: a token that is refreshed stays fresh. Default: none. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** One request. */
export interface HttpRequest {
  /** HTTP method. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the base URL, beginning with `/`; ids in it are encoded by {@link pathOf}. */
  readonly path: string
  /** Undefined values are left out. Default: none. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. Default: no body. */
  readonly body?: unknown
}

/** Makes requests and turns every way in which they can fail into a `ProviderError`. */
export interface HttpClient {
  /** The parsed JSON body; undefined for an empty one. */
  request(request: HttpRequest, context: ReadContext): Promise<unknown>
}

/**
 * Makes a client for a JSON API. Each request is reported to the engine (`--verbose`, counters) without headers or bodies.
 * Redirects are refused: a token must not follow one.
 *
 * Throws `provider`: 404 and 410 are `not-found`; 409, 412 and 423 `conflict`; 429 and 503 `retryable`, after `Retry-After`;
 * 500, 502 and 504 of a write, a reset, and a reply that is no JSON are `ambiguous`; other 4xx are `fatal`.
 *
 * @example
 * ```ts
 * import { createHttpClient } from 'convergent/rest'
 *
 * const client = createHttpClient({ baseUrl: 'https://api.example', headers: () => ({ authorization: 'Bearer …' }) })
 * typeof client.request // => 'function'
 * ```
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const base = options.baseUrl.replace(/\/+$/, '')
  return {
    async request(request, context) {
      const url = `${base}${request.path}${formatQuery(request.query)}`
      const send = options.fetch ?? fetch
      const isWrite = request.method !== 'GET'
      const startedMs = performance.now()
      const report = (outcome: { readonly status?: number; readonly error?: string }): void =>
        context.trace({ method: request.method, url, durationMs: performance.now() - startedMs, ...outcome })
      let response: Response
      let text: string
      try {
        response = await send(url, {
          method: request.method,
          headers: { accept: 'application/json', ...(request.body !== undefined && { 'content-type': 'application/json' }), ...(await options.headers?.()) },
          redirect: 'manual',
          signal: context.signal,
          ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        })
        text = await response.text()
      } catch (error) {
        report({ error: reasonOf(error) })
        if (context.signal.aborted) throw error
        throw networkError(error, request, base, isWrite)
      }
      report({ status: response.status })
      const what = `${request.method} ${request.path}`
      if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) throw new ProviderError('fatal', `${what}: it redirects, and a token does not follow a redirect; correct the base URL ${base}`, { status: response.status })
      if (response.ok) return parseReply(text, what, isWrite)
      const kind = faultOfStatus(response.status, isWrite)
      const retryAfterMs = readRetryAfter(response.headers)
      const problem = describeProblem(text)
      throw new ProviderError(kind, `${what}: ${response.status} ${problem.message}${hintFor(response.status)}`, { status: response.status, fields: problem.fields, ...(retryAfterMs !== undefined && { retryAfterMs }) })
    },
  }
}

/** A path with each value encoded: pathOf`/v3/apis/${id}`. */
export function pathOf(strings: TemplateStringsArray, ...values: readonly (string | undefined)[]): string {
  return strings.reduce((path, part, index) => `${path}${encodeURIComponent(values[index - 1] ?? '')}${part}`)
}

function formatQuery(query: HttpRequest['query'] = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined)
  return pairs.length === 0 ? '' : `?${pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`).join('&')}`
}

function parseReply(text: string, what: string, isWrite: boolean): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    const start = text.slice(0, 40).replace(/\s+/g, ' ')
    throw new ProviderError(isWrite ? 'ambiguous' : 'fatal', `${what}: the reply is no JSON, it begins with ${JSON.stringify(start)}; is the base URL that of the API?`)
  }
}

function networkError(error: unknown, { method, path }: HttpRequest, base: string, isWrite: boolean): ProviderError {
  const reason = reasonOf(error)
  const neverSent = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_INVALID_URL|Failed to parse URL|CERT|TLS|SSL/i.test(reason)
  const kind = neverSent || !isWrite ? 'retryable' : 'ambiguous'
  return new ProviderError(kind, `${method} ${path}: ${base} cannot be reached: ${reason}`, { cause: error })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? `${String(error.code)} ` : ''
  return error.cause === undefined ? `${code}${error.message}` : reasonOf(error.cause)
}

function hintFor(status: number): string {
  if (status === 401) return '; check the token'
  return status === 403 ? '; the token lacks the right to do this' : ''
}
