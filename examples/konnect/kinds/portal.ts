import * as z from 'zod'
import { restType, type HttpClient } from 'convergent/rest'
import { labels, pages, protection, readMarks } from './shared.ts'

const visibility = z.enum(['public', 'private'])

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
    collection: () => '/v3/portals',
    pagination: pages,
    key: ['name'],
    findQuery: ({ name }) => ({ 'filter[name][eq]': name }),
    references: { default_application_auth_strategy_id: 'application_auth_strategy' },
    merged: ['labels'],
    marks: readMarks,
    protection,
  })
