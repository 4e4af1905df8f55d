import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { labelled, labels } from '../kind-parts.ts'

/** A service of the catalog: `/v1/catalog-services`. */
export const kind = defineKind({
  type: 'catalog_service',
  input: { list: 'catalog_services' },
  schema: z.strictObject({
    name: z.string().regex(/^[0-9a-z.-]+$/).max(120),
    display_name: z.string().max(120),
    description: z.string().max(2048).optional(),
    custom_fields: z.looseObject({}).optional(),
    labels: labels.optional(),
  }),
  ...labelled,
  collection: () => '/v1/catalog-services',
  atomic: ['custom_fields'],
})
