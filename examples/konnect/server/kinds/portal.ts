import * as z from 'zod'
import type { Kind } from '../kind.ts'
import { labelChanges, labels } from '../labels.ts'

const visibility = z.enum(['public', 'private'])
const fields = {
  name: z.string().min(1).max(255),
  display_name: z.string().min(1).max(255).optional(),
  description: z.string().max(512).nullable().optional(),
  authentication_enabled: z.boolean().optional(),
  rbac_enabled: z.boolean().optional(),
  sipr_enabled: z.boolean().optional(),
  default_api_visibility: visibility.optional(),
  default_page_visibility: visibility.optional(),
  default_application_auth_strategy_id: z.uuid().nullable().optional(),
  auto_approve_developers: z.boolean().optional(),
  auto_approve_applications: z.boolean().optional(),
  notifications_developer_pii_visibility_enabled: z.boolean().optional(),
}

export const portal: Kind = {
  name: 'portal',
  path: '/v3/portals',
  create: z.strictObject({ ...fields, labels: labels.optional() }),
  update: z.strictObject({ ...fields, name: fields.name.optional(), labels: labelChanges.optional() }),
  defaults: ({ name }) => ({
    display_name: name,
    description: null,
    authentication_enabled: true,
    rbac_enabled: false,
    sipr_enabled: false,
    default_api_visibility: 'private',
    default_page_visibility: 'private',
    default_application_auth_strategy_id: null,
    auto_approve_developers: false,
    auto_approve_applications: false,
    notifications_developer_pii_visibility_enabled: false,
    labels: {},
  }),
  show: (row) => {
    const host = `${String(row['id']).slice(0, 12).replaceAll('-', '')}.edge.eu.portal.example`
    return { ...row, default_domain: host, canonical_domain: host }
  },
  filters: ['id', 'name', 'description', 'default_api_visibility'],
  conflict: (row, database) => (database.all('portal').some((other) => other['id'] !== row['id'] && other['name'] === row['name']) ? `name (type: unique) constraint failed: a portal is called ${String(row['name'])}` : undefined),
  invalid: (row, database) => {
    const id = row['default_application_auth_strategy_id']
    return typeof id === 'string' && database.get('strategy', id) === undefined ? { default_application_auth_strategy_id: `${id} does not exist` } : {}
  },
  inUse: (row, database) => {
    const count = database.all('publication').filter((publication) => publication['portal_id'] === row['id']).length
    return count === 0 ? undefined : `the portal shows ${count} published APIs; unpublish them, or delete with force=true`
  },
  canForce: true,
}
