import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'
import { pages } from '../kind-parts.ts'

/** What serves an API: `/v3/apis/{apiId}/implementations`, listed for all APIs at once. There is no update. */
export const kind = defineKind({
  type: 'api_implementation',
  input: { list: 'api_implementations', nested: 'implementations', parentKey: 'api' },
  schema: z.strictObject({
    api_id: z.string(),
    service: z.strictObject({ id: z.string(), control_plane_id: z.string() }).optional(),
    control_plane: z.strictObject({ control_plane_id: z.string() }).optional(),
  }),
  parent: { type: 'api', field: 'api_id' },
  references: { 'service.control_plane_id': 'control_plane', 'control_plane.control_plane_id': 'control_plane' },
  collection: (apiId) => pathOf`/v3/apis/${apiId}/implementations`,
  listPath: '/v3/api-implementations',
  listedBy: 'all',
  pagination: pages,
  key: ['api_id'],
  findQuery: ({ api_id }) => ({ 'filter[api_id][eq]': api_id }),
  update: 'none',
  immutable: ['service', 'control_plane'],
  marks: () => ({ name: 'implementation' }),
})
