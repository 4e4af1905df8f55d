import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { labelled, labels, visibility } from '../kind-parts.ts'

/** A developer portal: `/v3/portals`. */
export const kind = defineKind({
  type: 'portal',
  input: { list: 'portals', later: ['audit_log_webhook', 'custom_domain', 'email_config', 'email_templates', 'identity_providers', 'ip_allow_list'] },
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
