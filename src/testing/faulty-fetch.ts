import { systemClock, type Clock } from '../engine/clock.ts'
import { cutBody, holdsList } from './cut-body.ts'
import type { ProviderFaults, RequestKind } from './provider-faults.ts'

/** A `fetch` that fails when it is told to. */
export interface FaultyFetch {
  /** For the provider under test. */
  readonly fetch: typeof fetch
  /** For `checkProvider`, or for a test of your own. */
  readonly faults: Required<ProviderFaults>
}

/** How requests are told apart and sent. */
export interface FaultyFetchOptions {
  /** Makes the requests: the `fetch` of an app in this process, say. Default: the global `fetch`. */
  readonly fetch?: (request: Request) => Response | Promise<Response>
  /** What a request is, for an API that is read by POST. Undefined: no fault is for it. Default: `read` for GET and HEAD, else `write`. */
  readonly kindOf?: (request: Request) => RequestKind | undefined
  /** Where lag is counted. Default: the real clock. */
  readonly clock?: Clock
}

type FaultName = 'overload' | 'loseReply' | 'refuseConnection' | 'failServer' | 'refuseInput' | 'hang' | 'cutList'

/**
 * Makes a `fetch` with faults for the conformance cases of a provider. A list is cut by leaving its last item out where the
 * reply has a total, else by tearing the reply in two; lag answers a list as it was before the write.
 *
 * @example
 * ```ts
 * import { createHttpClient } from 'convergent/rest'
 * import { createFaultyFetch } from 'convergent/testing'
 *
 * const { fetch, faults } = createFaultyFetch({ fetch: async () => Response.json({ id: '7' }) })
 * faults.overload('read')
 * const response = await fetch('https://api.example/teams/7')
 * response.status // => 429
 * const client = createHttpClient({ baseUrl: 'https://api.example', fetch })
 * typeof client.request // => 'function'
 * ```
 */
export function createFaultyFetch(options: FaultyFetchOptions = {}): FaultyFetch {
  const { clock = systemClock, kindOf = kindOfMethod } = options
  const scripts: { readonly fault: FaultName; readonly kind: RequestKind }[] = []
  const add = (fault: FaultName) => (kind: RequestKind) => void scripts.push({ fault, kind })
  const lists = new Map<string, string>()
  let lagMs = 0
  let stale: { readonly lists: ReadonlyMap<string, string>; readonly until: number } | undefined

  const send = async (request: Request): Promise<Response> => {
    request.signal.throwIfAborted()
    const isWrite = kindOf(request) === 'write'
    const earlier = isWrite || stale === undefined || clock.monotonic() >= stale.until ? undefined : stale.lists.get(request.url)
    if (earlier !== undefined) return jsonReply(200, earlier)
    if (isWrite && lagMs > 0) stale = { lists: new Map(lists), until: clock.monotonic() + lagMs }
    const response = await (options.fetch ?? fetch)(request)
    if (!isWrite && response.ok) {
      const text = await response.clone().text()
      if (holdsList(text)) lists.set(request.url, text)
    }
    return response
  }
  return {
    fetch: async (input, init) => {
      const request = new Request(input, init)
      // The signal that was given: a request's own one only follows it, and no longer once the request is collected.
      const signal = init?.signal ?? request.signal
      const kind = kindOf(request)
      const at = scripts.findIndex((script) => script.kind === kind && script.fault !== 'cutList')
      if (at >= 0) return suffer(scripts.splice(at, 1)[0]?.fault as FaultName, signal, () => send(request))
      const response = await send(request)
      const cut = kind === 'read' ? scripts.findIndex(({ fault }) => fault === 'cutList') : -1
      if (cut < 0 || !response.ok) return response
      const text = cutBody(await response.clone().text())
      if (text === undefined) return response
      scripts.splice(cut, 1)
      return jsonReply(response.status, text)
    },
    faults: {
      overload: add('overload'),
      loseReply: add('loseReply'),
      refuseConnection: add('refuseConnection'),
      failServer: add('failServer'),
      refuseInput: () => add('refuseInput')('write'),
      hang: add('hang'),
      cutList: () => add('cutList')('read'),
      lag: (ms) => void (lagMs = ms),
      heal: () => {
        scripts.length = 0
        lagMs = 0
        stale = undefined
      },
    },
  }
}

async function suffer(fault: FaultName, signal: AbortSignal, send: () => Promise<Response>): Promise<Response> {
  switch (fault) {
    case 'loseReply':
      await send()
      throw networkError('ECONNRESET')
    case 'refuseConnection':
      throw networkError('ECONNREFUSED')
    case 'hang':
      return new Promise((_, reject) => {
        const abort = (): void => reject(signal.reason as Error)
        if (signal.aborted) abort()
        else signal.addEventListener('abort', abort, { once: true })
      })
    case 'overload':
      return problem(429, 'Too Many Requests', { 'retry-after': '1' })
    case 'refuseInput':
      return problem(400, 'Bad Request')
    default:
      return problem(500, 'Internal Server Error')
  }
}

/** As `fetch` of Node says it: what happened is in the cause. */
function networkError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(`scripted ${code}`), { code }) })
}

function problem(status: number, title: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify({ status, title, detail: 'scripted' }), { status, headers: { 'content-type': 'application/problem+json', ...headers } })
}

function jsonReply(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'content-type': 'application/json' } })
}

function kindOfMethod({ method }: Request): RequestKind {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write'
}
