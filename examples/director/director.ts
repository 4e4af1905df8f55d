import { defineProvider, type Provider, type RateLimit } from 'convergent'
import { createHttpClient, type HttpClient } from 'convergent/rest'
import { findProblem } from './find-problem.ts'
import type { Kind } from './kind.ts'
import { kinds } from './kinds.ts'
import { defineNode } from './kinds/node.ts'
import { NameIndex } from './name-index.ts'
import { openSession, type PairStore } from './session.ts'

/** How to reach a Director, and what to expect of it. */
export interface DirectorOptions {
  /** `https://director.example`, or a local server's. */
  readonly url: string
  /** The token, and the secret key that renews it when it has expired. */
  readonly token: string
  readonly secret: string
  /** Where a renewed pair is kept. Default: in memory; who goes on in another process then has a secret key that is dead. */
  readonly pairs?: PairStore
  /** Which objects are ours, by name: what exists is what the Director shows, and no state is needed. Default: what the state has recorded. */
  readonly owned?: (name: string) => boolean
  /** How long an order is waited for. Default: 180 000. */
  readonly orderTimeoutMs?: number
  /** Between two questions for an order. Default: 1 000. */
  readonly pollEveryMs?: number
  /** How long after a write whose reply was lost its object may still appear. Default: 180 000. */
  readonly visibleWithinMs?: number
  /** How long reads may lag behind an order that is done. Default: 10 000. */
  readonly lagMs?: number
  /** Default: none; a Director that refuses requests is slowed down for all the same. */
  readonly rateLimit?: RateLimit
  /** Default: every file of `kinds`. */
  readonly kinds?: readonly Kind[]
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** A LogPoint Director as a provider: the objects of any number of nodes, each in a pool. */
export function director(options: DirectorOptions): Provider {
  const { url, token, secret, pairs, owned, rateLimit, fetch, kinds: known = kinds } = options
  const { orderTimeoutMs = 180_000, pollEveryMs = 1_000, visibleWithinMs = 180_000, lagMs = 10_000 } = options
  const session = openSession({ url, token, secret, pairs, fetch })
  const client = openLists(createHttpClient({ baseUrl: url, headers: session.headers, refresh: session.refresh, fetch: session.fetch, findProblem }))
  const site = { client, names: new NameIndex(client), orderTimeoutMs, pollEveryMs, visibleWithinMs, lagMs, ...(owned && { owned }) }
  return defineProvider({
    name: 'director',
    ...(owned && { existing: 'observed' }),
    ...(rateLimit && { rateLimit }),
    types: { Node: defineNode(client), ...Object.fromEntries(known.map(({ type, define }) => [type, define(site)])) },
  })
}

/** Some deployments put a list into an object, alone: there it is the list all the same. */
function openLists(client: HttpClient): HttpClient {
  return {
    request: async (request, context) => {
      const reply = await client.request(request, context)
      if (request.method !== 'GET' || typeof reply !== 'object' || reply === null || Array.isArray(reply)) return reply
      const [only, ...others] = Object.values(reply) as unknown[]
      return Array.isArray(only) && others.length === 0 ? only : reply
    },
  }
}
