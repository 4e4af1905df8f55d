import * as z from 'zod'
import { restType, type HttpClient } from 'convergent/rest'
import { labelled, labels } from './shared.ts'

/** A service of the catalog: `/v1/catalog-services`. */
export const catalogService = (client: HttpClient) =>
  restType({
    client,
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
