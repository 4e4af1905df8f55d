import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'
import { pages, visibility } from '../kind-parts.ts'

/** That a portal shows an API: `/v3/apis/{apiId}/publications/{portalId}`. It has no id of its own, and a PUT says all of it. */
export const kind = defineKind({
  type: 'api_publication',
  input: { list: 'api_publications', nested: 'publications', parentKey: 'api' },
  schema: z.strictObject({
    api_id: z.string(),
    portal_id: z.string(),
    visibility: visibility.optional(),
    auth_strategy_ids: z.array(z.string()).max(1).optional(),
    auto_approve_registrations: z.boolean().optional(),
  }),
  parent: { type: 'api', field: 'api_id' },
  references: { portal_id: 'portal', auth_strategy_ids: 'application_auth_strategy' },
  collection: (apiId) => pathOf`/v3/apis/${apiId}/publications`,
  item: ({ id, parentId }) => pathOf`/v3/apis/${parentId}/publications/${id.split('/')[1]}`,
  idOf: ({ api_id, portal_id }, apiId) => `${String(api_id ?? apiId)}/${String(portal_id)}`,
  fieldsOfId: (id) => ({ api_id: id.split('/')[0], portal_id: id.split('/')[1] }),
  listPath: '/v3/api-publications',
  listedBy: 'all',
  pagination: pages,
  key: ['api_id', 'portal_id'],
  findQuery: ({ api_id, portal_id }) => ({ 'filter[api_id][eq]': api_id, 'filter[portal_id][eq]': portal_id }),
  update: 'put',
  immutable: ['portal_id'],
  unordered: ['auth_strategy_ids'],
  // The wire knows no empty list: no strategy is null there.
  normalise: { auth_strategy_ids: (ids) => (Array.isArray(ids) && ids.length === 0 ? null : ids) },
  toWire: ({ auth_strategy_ids: ids, ...body }) => (Array.isArray(ids) && ids.length === 0 ? body : { ...body, ...(ids !== undefined && { auth_strategy_ids: ids }) }),
  notInBody: ['portal_id'],
})
