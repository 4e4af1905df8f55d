import { defineProvider, type RateLimit } from 'convergent'
import { createHttpClient } from 'convergent/rest'
import { apiDocument } from './kinds/api-document.ts'
import { apiImplementation } from './kinds/api-implementation.ts'
import { apiPublication } from './kinds/api-publication.ts'
import { apiVersion } from './kinds/api-version.ts'
import { api } from './kinds/api.ts'
import { applicationAuthStrategy } from './kinds/application-auth-strategy.ts'
import { catalogService } from './kinds/catalog-service.ts'
import { controlPlane } from './kinds/control-plane.ts'
import { dcrProvider } from './kinds/dcr-provider.ts'
import { organizationTeam } from './kinds/organization-team.ts'
import { portalAsset } from './kinds/portal-asset.ts'
import { portalAuthSettings } from './kinds/portal-auth-settings.ts'
import { portalCustomization } from './kinds/portal-customization.ts'
import { portalIntegrations } from './kinds/portal-integrations.ts'
import { portalPage } from './kinds/portal-page.ts'
import { portalSnippet } from './kinds/portal-snippet.ts'
import { portalTeamRole } from './kinds/portal-team-role.ts'
import { portalTeam } from './kinds/portal-team.ts'
import { portal } from './kinds/portal.ts'

/** How to reach Konnect. */
export interface KonnectOptions {
  /** `https://eu.api.konghq.com`, or a local server's. */
  readonly url: string
  /** A personal or system access token. */
  readonly token: string
  /** Default: the 2,000 requests a minute that Konnect takes, a minute's worth of them at once. */
  readonly rateLimit?: RateLimit
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** Kong Konnect as a provider. What exists is what Konnect shows: ownership and protection are labels on the objects. */
export function konnect({ url, token, fetch, rateLimit = { perSecond: 2000 / 60, burst: 2000 } }: KonnectOptions) {
  const client = createHttpClient({ baseUrl: url, headers: () => ({ authorization: `Bearer ${token}` }), ...(fetch && { fetch }) })
  return defineProvider({
    name: 'konnect',
    existing: 'observed',
    rateLimit,
    types: {
      control_plane: controlPlane(client),
      catalog_service: catalogService(client),
      organization_team: organizationTeam(client),
      dcr_provider: dcrProvider(client),
      application_auth_strategy: applicationAuthStrategy(client),
      portal: portal(client),
      portal_customization: portalCustomization(client),
      portal_auth_settings: portalAuthSettings(client),
      portal_integrations: portalIntegrations(client),
      portal_asset_logo: portalAsset('logo')(client),
      portal_asset_favicon: portalAsset('favicon')(client),
      portal_page: portalPage(client),
      portal_snippet: portalSnippet(client),
      portal_team: portalTeam(client),
      portal_team_role: portalTeamRole(client),
      api: api(client),
      api_version: apiVersion(client),
      api_document: apiDocument(client),
      api_publication: apiPublication(client),
      api_implementation: apiImplementation(client),
    },
  })
}
