import * as z from 'zod'
import { clashes } from '../clash.ts'
import type { Kind } from '../kind.ts'

const fields = {
  title: z.string().max(512).optional(),
  visibility: z.enum(['public', 'private']).optional(),
  status: z.enum(['published', 'unpublished']).optional(),
  description: z.string().max(160).optional(),
}
const name = z.string().max(512)
const content = z.string().max(1_000_000)

export const snippet: Kind = {
  name: 'snippet',
  path: '/v3/portals/:portal/snippets',
  parent: 'portal',
  create: z.strictObject({ ...fields, name, content }),
  update: z.strictObject({ ...fields, name: name.optional(), content: content.optional() }),
  defaults: (body, database) => ({ title: body['name'], visibility: database.get('portal', String(body['portal_id']))?.['default_page_visibility'], status: 'unpublished' }),
  show: ({ portal_id: _, ...row }) => row,
  summarize: ({ content: _, ...row }) => row,
  filters: ['id', 'name', 'title', 'visibility'],
  conflict: (row, database) => (clashes('snippet', row, database, 'portal_id', 'name') ? `a snippet of this portal is called ${String(row['name'])}` : undefined),
}
