import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { labelled, labels } from '../kind-parts.ts'

/** An API of the catalog: `/v3/apis`. */
export const kind = defineKind({
  type: 'api',
  input: { list: 'apis', later: ['spec_content'] },
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
