import { defineProvider, type Provider } from 'convergent'
import { createHttpClient } from 'convergent/rest'
import { findProblem } from './find-problem.ts'
import type { Kind } from './kind.ts'
import { kinds } from './kinds.ts'
import { settleGroups } from './settle.ts'

/** How to reach a firewall. */
export interface OpnsenseOptions {
  /** `https://192.0.2.1`, or a local server's; with or without `/api`. */
  readonly url: string
  /** Of a user with an API key. */
  readonly key: string
  readonly secret: string
  /** Default: every file of `kinds`. */
  readonly kinds?: readonly Kind[]
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** An OPNsense firewall as a provider. It has no marks for who owns what: what is ours is what the state has recorded. */
export function opnsense({ url, key, secret, fetch, kinds: known = kinds }: OpnsenseOptions): Provider {
  const authorization = `Basic ${btoa(`${key}:${secret}`)}`
  const client = createHttpClient({ baseUrl: `${url.replace(/\/(api\/?)?$/, '')}/api`, headers: () => ({ authorization }), findProblem, ...(fetch && { fetch }) })
  return defineProvider({
    name: 'opnsense',
    types: Object.fromEntries(known.map(({ type, define }) => [type, define(client)])),
    settleGroups: settleGroups(client),
  })
}
