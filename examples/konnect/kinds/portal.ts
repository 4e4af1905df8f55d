import * as z from 'zod'
import { restType, type HttpClient } from 'convergent/rest'
import { labelled, labels, visibility } from './shared.ts'

/** A developer portal: `/v3/portals`. */
export const portal = (client: HttpClient) =>
  restType({
    client,
    schema: z.strictObject({
      name: z.string().min(1).max(255),
      display_name: z.string().min(1).max(255).optional(),
      description: z.string().max(512).optional(),
      authentication_enabled: z.boolean().optional(),
      rbac_enabled: z.boolean().optional(),
      sipr_enabled: z.boolean().optional(),
      default_api_visibility: visibility.optional(),
      default_page_visibility: visibility.optional(),
      default_application_auth_strategy_id: z.uuid().optional(),
      auto_approve_developers: z.boolean().optional(),
      auto_approve_applications: z.boolean().optional(),
      labels: labels.optional(),
    }),
    ...labelled,
    collection: () => '/v3/portals',
    references: { default_application_auth_strategy_id: 'application_auth_strategy' },
  })
