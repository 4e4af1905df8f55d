import * as z from 'zod'
import type { Singleton } from '../singletons.ts'

const flag = z.boolean().optional()

export const authSettings: Singleton = {
  name: 'auth_settings',
  path: 'authentication-settings',
  parent: 'portal',
  defaults: { basic_auth_enabled: true, oidc_auth_enabled: false, saml_auth_enabled: false, oidc_team_mapping_enabled: false, konnect_mapping_enabled: false, idp_mapping_enabled: false },
  update: z.strictObject({
    basic_auth_enabled: flag,
    oidc_auth_enabled: flag,
    saml_auth_enabled: flag,
    oidc_team_mapping_enabled: flag,
    konnect_mapping_enabled: flag,
    idp_mapping_enabled: flag,
    oidc_issuer: z.string().optional(),
    oidc_client_id: z.string().optional(),
    oidc_client_secret: z.string().optional(),
    oidc_scopes: z.array(z.string()).optional(),
    oidc_claim_mappings: z.strictObject({ name: z.string().optional(), email: z.string().optional(), groups: z.string().optional() }).optional(),
  }),
  // What is sent flat is shown in an object of its own, and the secret never.
  show: ({ oidc_issuer: issuer, oidc_client_id: client_id, oidc_client_secret: _, oidc_scopes: scopes, oidc_claim_mappings: mappings, ...row }) =>
    issuer === undefined || client_id === undefined
      ? row
      : { ...row, oidc_config: { issuer, client_id, scopes: scopes ?? ['email', 'openid', 'profile'], claim_mappings: { name: 'name', email: 'email', groups: 'groups', ...(mappings as object | undefined) } } },
}
