import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'
import { pages } from '../kind-parts.ts'

/** A version of an API with its specification: `/v3/apis/{apiId}/versions`. Lists leave the specification out. */
export const kind = defineKind({
  type: 'api_version',
  input: { list: 'api_versions', nested: 'versions', parentKey: 'api', documents: { spec: 'content' } },
  schema: z.strictObject({ api_id: z.string(), version: z.string().min(1), spec: z.strictObject({ content: z.string() }) }),
  parent: { type: 'api', field: 'api_id' },
  collection: (apiId) => pathOf`/v3/apis/${apiId}/versions`,
  pagination: pages,
  listed: 'summary',
  key: ['api_id', 'version'],
  findQuery: ({ version }) => ({ 'filter[version][eq]': version }),
})
