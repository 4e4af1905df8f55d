import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { labelled, labels } from '../kind-parts.ts'

const secrets = ['dcr_config.initial_client_secret', 'dcr_config.dcr_token', 'dcr_config.api_key'] as const

/** Who registers the clients of applications: `/v2/dcr-providers`. Its secrets are never shown again. */
export const kind = defineKind({
  type: 'dcr_provider',
  input: { list: 'dcr_providers' },
  schema: z.strictObject({
    name: z.string().min(1).max(256),
    display_name: z.string().max(256).optional(),
    provider_type: z.enum(['auth0', 'azureAd', 'curity', 'okta', 'http', 'kongIdentity']),
    issuer: z.url().max(256),
    dcr_config: z
      .strictObject({
        initial_client_id: z.string().optional(),
        initial_client_secret: z.string().optional(),
        initial_client_audience: z.string().optional(),
        use_developer_managed_scopes: z.boolean().optional(),
        dcr_token: z.string().optional(),
        dcr_base_url: z.url().optional(),
        api_key: z.string().optional(),
        disable_event_hooks: z.boolean().optional(),
        disable_refresh_secret: z.boolean().optional(),
        allow_multiple_credentials: z.boolean().optional(),
      })
      .optional(),
    labels: labels.optional(),
  }),
  ...labelled,
  collection: () => '/v2/dcr-providers',
  merged: ['labels', 'dcr_config'],
  immutable: ['provider_type'],
  sensitive: [...secrets],
  writeOnly: [...secrets],
})
