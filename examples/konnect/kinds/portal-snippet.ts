import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'
import { emptyDescription, pages, visibility } from '../kind-parts.ts'

/** A piece of content that pages of a portal share: `/v3/portals/{portalId}/snippets`. Lists leave the content out. */
export const kind = defineKind({
  type: 'portal_snippet',
  input: { list: 'portal_snippets', nested: 'snippets', parentKey: 'portal' },
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
