import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'
import { flattenTree, keyAmongSiblings } from '../kind-parts.ts'

/** A page of an API's documentation, possibly under another one: `/v3/apis/{apiId}/documents`. Lists leave the content out. */
export const kind = defineKind({
  type: 'api_document',
  input: { list: 'api_documents', nested: 'documents', parentKey: 'api', tree: { key: 'children', field: 'parent_document_id' } },
  schema: z.strictObject({
    api_id: z.string(),
    content: z.string(),
    title: z.string().optional(),
    slug: z.string().regex(/^[\w-]+$/).optional(),
    status: z.enum(['published', 'unpublished']).optional(),
    parent_document_id: z.string().optional(),
  }),
  parent: { type: 'api', field: 'api_id' },
  references: { parent_document_id: 'api_document' },
  collection: (apiId) => pathOf`/v3/apis/${apiId}/documents`,
  pagination: { style: 'none', items: 'data' },
  flatten: flattenTree,
  listed: 'summary',
  // A slug is unique among siblings.
  key: ({ api_id, parent_document_id, slug }) => keyAmongSiblings(api_id, parent_document_id, slug),
  marks: ({ slug }) => ({ name: String(slug) }),
})
