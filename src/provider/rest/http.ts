import { ProviderError } from '../../core/errors.ts'
import type { ReadContext } from '../context.ts'
import { readRetryAfter, type FindProblem } from './problem.ts'
import { isRefused, readReply, type Reply } from './reply.ts'
import { isWrite, type HttpRequest } from './request.ts'

/** How to reach an API. */
export interface HttpClientOptions {
  /** Scheme, host and, where there is one, a path prefix. */
  readonly baseUrl: string
  /** Headers of every request, asked anew for each: a token that is refreshed stays fresh. Default: none. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** Gets new credentials after a 401, for the headers to use; the request is then made once more. Requests that fail together wait for one refresh. Default: none, a 401 is an error. */
  readonly refresh?: (context: ReadContext) => Promise<void>
  /**
   * Finds the problem in the body of a reply, for APIs that say it there: in one with a status of success, or in one with a
   * status that says too little (a 500 that explains why nothing was done is no `ambiguous` fault). Default: the status decides.
   */
  readonly findProblem?: FindProblem
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** Makes requests and turns every way in which they can fail into a `ProviderError`. */
export interface HttpClient {
  /** The parsed JSON body; undefined for an empty one. */
  request(request: HttpRequest, context: ReadContext): Promise<unknown>
}

/** How often one request is made again because there were too many; then the engine goes on with it. */
const MOST_REFUSALS = 10

/**
 * Makes a client for a JSON API. Each request is reported to the engine (`--verbose`, counters) without headers or bodies.
 * Redirects are refused: a token must not follow one.
 *
 * A request that is refused as one too many (429, or 503 with `Retry-After`) was not carried out: the client tells the engine,
 * which holds back every request of the provider for that time, and makes it again.
 *
 * Throws `provider`: 404 and 410 are `not-found`; 409, 412 and 423 `conflict`; 429 and 503 `retryable`; 500, 502 and 504 of a
 * write, a reset, and a reply that is no JSON are `ambiguous`; other 4xx are `fatal`.
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
  let refreshing: Promise<void> | undefined
  let refreshes = 0
  const refresh = async (context: ReadContext): Promise<void> => {
    refreshing ??= (options.refresh as NonNullable<typeof options.refresh>)(context).then(() => void refreshes++).finally(() => (refreshing = undefined))
    await refreshing
  }
  return {
    async request(request, context) {
      let refusals = 0
      let isRefreshed = options.refresh === undefined
      for (;;) {
        await context.admit()
        const sentAfter = refreshes
        const reply = await send(request, base, options, context)
        if (reply.status === 401 && !isRefreshed) {
          // A late refusal of the old credentials says nothing of the ones that came meanwhile.
          isRefreshed = refreshes === sentAfter
          if (isRefreshed) await refresh(context)
        } else if (isRefused(reply) && ++refusals < MOST_REFUSALS) context.refused(readRetryAfter(reply.headers))
        else return readReply(reply, request, base, options.findProblem)
      }
    },
  }
}

/** A path with each value encoded: pathOf`/v3/apis/${id}`. */
export function pathOf(strings: TemplateStringsArray, ...values: readonly (string | undefined)[]): string {
  return strings.reduce((path, part, index) => `${path}${encodeURIComponent(values[index - 1] ?? '')}${part}`)
}

async function send(request: HttpRequest, base: string, options: HttpClientOptions, context: ReadContext): Promise<Reply> {
  const url = `${base}${request.path}${formatQuery(request.query)}`
  const { method, body } = request
  const startedMs = performance.now()
  const fail = (error: unknown): never => {
    context.trace({ method, url, durationMs: performance.now() - startedMs, error: reasonOf(error) })
    if (context.signal.aborted || error instanceof ProviderError) throw error
    throw networkError(error, request, base)
  }
  const ask = async (): Promise<Readonly<Record<string, string>> | undefined> => options.headers?.()
  const init: RequestInit = {
    method,
    headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...(await ask().catch(fail)) },
    redirect: 'manual',
    signal: context.signal,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
  // New credentials may have taken long. Nothing is awaited between the last look at the lease and the request.
  for (let proof = context.hold?.(); proof !== undefined; proof = context.hold?.()) await proof
  try {
    const response = await (options.fetch ?? fetch)(url, init)
    const text = await response.text()
    context.trace({ method, url, durationMs: performance.now() - startedMs, status: response.status })
    return { status: response.type === 'opaqueredirect' ? 0 : response.status, headers: response.headers, text }
  } catch (error) {
    return fail(error)
  }
}

function formatQuery(query: HttpRequest['query'] = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined)
  return pairs.length === 0 ? '' : `?${pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`).join('&')}`
}

function networkError(error: unknown, request: HttpRequest, base: string): ProviderError {
  const { method, path } = request
  const reason = reasonOf(error)
  const neverSent = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_INVALID_URL|Failed to parse URL|CERT|TLS|SSL/i.test(reason)
  const kind = neverSent || !isWrite(request) ? 'retryable' : 'ambiguous'
  const hint = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(reason) ? '; its certificate is not trusted: where it is its own, name its file in NODE_EXTRA_CA_CERTS' : ''
  return new ProviderError(kind, `${method} ${path}: ${base} cannot be reached: ${reason}${hint}`, { cause: error })
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause !== undefined) return reasonOf(error.cause)
  const code = 'code' in error ? String(error.code) : ''
  // Some have a code that says it all, and lines of their library behind it.
  const [first = ''] = error.message.split('\n')
  if (code.startsWith('ERR_SSL')) return code
  return first.includes(code) ? first : `${code} ${first}`
}
