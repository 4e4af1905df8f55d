import { defineProvider, type Provider, type RateLimit } from 'convergent'
import { createHttpClient } from 'convergent/rest'
import type { Kind } from './kind.ts'
import { kinds } from './kinds.ts'

/** How to reach Konnect. */
export interface KonnectOptions {
  /** `https://eu.api.konghq.com`, or a local server's. */
  readonly url: string
  /** A personal or system access token. */
  readonly token: string
  /** Default: the 2,000 requests a minute that Konnect takes, a minute's worth of them at once. */
  readonly rateLimit?: RateLimit
  /** Default: every file of `kinds`. */
  readonly kinds?: readonly Kind[]
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** Kong Konnect as a provider. What exists is what Konnect shows: ownership and protection are labels on the objects. */
export function konnect({ url, token, fetch, rateLimit = { perSecond: 2000 / 60, burst: 2000 }, kinds: known = kinds }: KonnectOptions): Provider {
  const client = createHttpClient({ baseUrl: url, headers: () => ({ authorization: `Bearer ${token}` }), ...(fetch && { fetch }) })
  return defineProvider({
    name: 'konnect',
    existing: 'observed',
    rateLimit,
    types: Object.fromEntries(known.map(({ type, define }) => [type, define(client)])),
  })
}
