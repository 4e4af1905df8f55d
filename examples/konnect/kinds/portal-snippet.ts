import * as z from 'zod'
import { pathOf, restType, type HttpClient } from 'convergent/rest'
import { emptyDescription, pages, visibility } from './shared.ts'

/** A piece of content that pages of a portal share: `/v3/portals/{portalId}/snippets`. Lists leave the content out. */
export const portalSnippet = (client: HttpClient) =>
  restType({
    client,
    schema: z.strictObject({
      portal_id: z.string(),
      name: z.string().min(1).max(512),
      content: z.string().max(1_000_000),
      title: z.string().max(512).optional(),
      visibility: visibility.optional(),
      status: z.enum(['published', 'unpublished']).optional(),
      description: z.string().max(160).optional(),
    }),
    parent: { type: 'portal', field: 'portal_id' },
    collection: (portalId) => pathOf`/v3/portals/${portalId}/snippets`,
    pagination: pages,
    listed: 'summary',
    key: ['portal_id', 'name'],
    findQuery: ({ name }) => ({ 'filter[name][eq]': name }),
    ...emptyDescription,
  })
