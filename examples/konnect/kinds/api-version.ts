import * as z from 'zod'
import { pathOf, restType, type HttpClient } from 'convergent/rest'
import { pages } from './shared.ts'

/** A version of an API with its specification: `/v3/apis/{apiId}/versions`. Lists leave the specification out. */
export const apiVersion = (client: HttpClient) =>
  restType({
    client,
    schema: z.strictObject({ api_id: z.string(), version: z.string().min(1), spec: z.strictObject({ content: z.string() }) }),
    parent: { type: 'api', field: 'api_id' },
    collection: (apiId) => pathOf`/v3/apis/${apiId}/versions`,
    pagination: pages,
    listed: 'summary',
    key: ['api_id', 'version'],
    findQuery: ({ version }) => ({ 'filter[version][eq]': version }),
  })
