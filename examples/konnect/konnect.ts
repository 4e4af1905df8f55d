import { defineProvider } from 'convergent'
import { createHttpClient } from 'convergent/rest'
import { api } from './kinds/api.ts'
import { apiDocument } from './kinds/api-document.ts'
import { apiPublication } from './kinds/api-publication.ts'
import { apiVersion } from './kinds/api-version.ts'
import { applicationAuthStrategy } from './kinds/application-auth-strategy.ts'
import { portal } from './kinds/portal.ts'

/** How to reach Konnect. */
export interface KonnectOptions {
  /** `https://eu.api.konghq.com`, or a local server's. */
  readonly url: string
  /** A personal or system access token. */
  readonly token: string
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** Kong Konnect as a provider. What exists is what Konnect shows: ownership and protection are labels on the objects. */
export function konnect({ url, token, fetch }: KonnectOptions) {
  const client = createHttpClient({ baseUrl: url, headers: () => ({ authorization: `Bearer ${token}` }), ...(fetch && { fetch }) })
  return defineProvider({
    name: 'konnect',
    existing: 'observed',
    types: {
      portal: portal(client),
      application_auth_strategy: applicationAuthStrategy(client),
      api: api(client),
      api_version: apiVersion(client),
      api_document: apiDocument(client),
      api_publication: apiPublication(client),
    },
  })
}
