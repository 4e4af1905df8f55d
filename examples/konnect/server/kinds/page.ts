import * as z from 'zod'
import { clashes } from '../clash.ts'
import type { Database, Row } from '../database.ts'
import type { Kind } from '../kind.ts'

const fields = {
  title: z.string().max(512).optional(),
  visibility: z.enum(['public', 'private']).optional(),
  status: z.enum(['published', 'unpublished']).optional(),
  description: z.string().max(160).optional(),
  parent_page_id: z.uuid().nullable().optional(),
}
const slug = z.string().max(512)
const content = z.string().max(1_000_000)

export const page: Kind = {
  name: 'page',
  path: '/v3/portals/:portal/pages',
  parent: 'portal',
  create: z.strictObject({ ...fields, slug, content }),
  update: z.strictObject({ ...fields, slug: slug.optional(), content: content.optional() }),
  defaults: (body, database) => ({
    title: /^#\s+(.+)$/m.exec(String(body['content']))?.[1] ?? String(body['slug']),
    visibility: database.get('portal', String(body['portal_id']))?.['default_page_visibility'],
    status: 'unpublished',
    parent_page_id: null,
  }),
  show: ({ portal_id: _, ...row }) => row,
  summarize: ({ content: _, ...row }) => row,
  filters: ['id', 'slug', 'title', 'visibility'],
  tree: 'parent_page_id',
  conflict: (row, database) => (clashes('page', row, database, 'portal_id', 'parent_page_id', 'slug') ? 'slug must be unique among the pages under one parent' : undefined),
  invalid: (row, database) => {
    const id = row['parent_page_id']
    if (typeof id !== 'string') return {}
    if (database.get('page', id)?.['portal_id'] !== row['portal_id']) return { parent_page_id: `${id} is no page of this portal` }
    return isUnder(id, row, database) ? { parent_page_id: `${id} lies under the page itself` } : {}
  },
}

function isUnder(id: unknown, row: Row, database: Database): boolean {
  return typeof id === 'string' && (id === row['id'] || isUnder(database.get('page', id)?.['parent_page_id'], row, database))
}
