import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'

/** How developers log in to a portal: `/v3/portals/{portalId}/authentication-settings`. There is no way back to the defaults. */
export const kind = defineKind({
  type: 'portal_auth_settings',
  input: { list: 'portal_auth_settings', nested: 'auth_settings', holds: 'entry', parentKey: 'portal' },
  singleton: true,
  schema: z.strictObject({
    portal_id: z.string(),
    basic_auth_enabled: z.boolean().optional(),
    oidc_auth_enabled: z.boolean().optional(),
    saml_auth_enabled: z.boolean().optional(),
    oidc_team_mapping_enabled: z.boolean().optional(),
    konnect_mapping_enabled: z.boolean().optional(),
    idp_mapping_enabled: z.boolean().optional(),
    oidc_issuer: z.url().optional(),
    oidc_client_id: z.string().optional(),
    oidc_client_secret: z.string().optional(),
    oidc_scopes: z.array(z.string()).optional(),
    oidc_claim_mappings: z.strictObject({ name: z.string().optional(), email: z.string().optional(), groups: z.string().optional() }).optional(),
  }),
  parent: { type: 'portal', field: 'portal_id' },
  collection: (portalId) => pathOf`/v3/portals/${portalId}/authentication-settings`,
  unordered: ['oidc_scopes'],
  sensitive: ['oidc_client_secret'],
  writeOnly: ['oidc_client_secret'],
  // Written flat, shown in a group of its own.
  grouped: { oidc_config: 'oidc_' },
})
