import * as z from 'zod'
import { restType, type HttpClient } from 'convergent/rest'
import { labelled, labels } from './shared.ts'

/** An API of the catalog: `/v3/apis`. */
export const api = (client: HttpClient) =>
  restType({
    client,
    schema: z.strictObject({
      name: z.string().min(1).max(255),
      description: z.string().optional(),
      version: z.string().min(1).max(255).optional(),
      slug: z.string().regex(/^[\w-]+$/).optional(),
      attributes: z.record(z.string(), z.array(z.string().min(1).max(512)).max(20)).optional(),
      labels: labels.optional(),
    }),
    ...labelled,
    collection: () => '/v3/apis',
    atomic: ['attributes'],
  })
