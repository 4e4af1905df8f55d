import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'
import { emptyDescription, flattenTree, keyAmongSiblings, visibility } from '../kind-parts.ts'

/** A page of a portal, possibly under another one: `/v3/portals/{portalId}/pages`. Lists leave the content out. */
export const kind = defineKind({
  type: 'portal_page',
  input: { list: 'portal_pages', nested: 'pages', parentKey: 'portal', tree: { key: 'children', field: 'parent_page_id' } },
  schema: z.strictObject({
    portal_id: z.string(),
    slug: z.string().min(1).max(512),
    content: z.string().max(1_000_000),
    title: z.string().max(512).optional(),
    visibility: visibility.optional(),
    status: z.enum(['published', 'unpublished']).optional(),
    description: z.string().max(160).optional(),
    parent_page_id: z.string().optional(),
  }),
  parent: { type: 'portal', field: 'portal_id' },
  references: { parent_page_id: 'portal_page' },
  collection: (portalId) => pathOf`/v3/portals/${portalId}/pages`,
  pagination: { style: 'none', items: 'data' },
  flatten: flattenTree,
  listed: 'summary',
  key: ({ portal_id, parent_page_id, slug }) => keyAmongSiblings(portal_id, parent_page_id, slug),
  marks: ({ slug }) => ({ name: String(slug) }),
  ...emptyDescription,
})
