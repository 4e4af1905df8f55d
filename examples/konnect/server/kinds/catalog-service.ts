import * as z from 'zod'
import { clashes } from '../clash.ts'
import type { Kind } from '../kind.ts'
import { labelChanges, labels } from '../labels.ts'

const name = z.string().min(1).max(120).regex(/^[0-9a-z.-]+$/, 'must match ^[0-9a-z.-]+$')
const displayName = z.string().min(1).max(120)
const fields = {
  description: z.string().max(2048).nullable().optional(),
  custom_fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.looseObject({ name: z.string(), link: z.url() }), z.null()])).optional(),
}

export const catalogService: Kind = {
  name: 'catalog_service',
  path: '/v1/catalog-services',
  create: z.strictObject({ ...fields, name, display_name: displayName, labels: labels.optional() }),
  update: z.strictObject({ ...fields, name: name.optional(), display_name: displayName.optional(), labels: labelChanges.optional() }),
  defaults: () => ({ description: null, custom_fields: {}, labels: {} }),
  filters: ['id', 'name', 'display_name'],
  conflict: (row, database) => (clashes('catalog_service', row, database, 'name') ? `a service is called ${String(row['name'])}` : undefined),
}
