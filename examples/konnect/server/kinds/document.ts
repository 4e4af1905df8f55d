import * as z from 'zod'
import type { Kind } from '../kind.ts'

const fields = {
  title: z.string().optional(),
  slug: z.string().regex(/^[\w-]+$/, 'must match ^[\\w-]+$').optional(),
  status: z.enum(['published', 'unpublished']).optional(),
  parent_document_id: z.uuid().nullable().optional(),
}

export const document: Kind = {
  name: 'document',
  path: '/v3/apis/:api/documents',
  parent: 'api',
  create: z.strictObject({ ...fields, content: z.string() }),
  update: z.strictObject({ ...fields, content: z.string().optional() }),
  defaults: (body) => {
    const title = typeof body['title'] === 'string' ? body['title'] : (/^#\s+(.+)$/m.exec(String(body['content']))?.[1] ?? 'Untitled')
    return { title, slug: title.toLowerCase().replaceAll(/[^\w]+/g, '-').replaceAll(/^-|-$/g, '') || 'untitled', status: 'unpublished', parent_document_id: null }
  },
  show: ({ api_id: _, ...row }) => row,
  summarize: ({ content: _, ...row }) => row,
  tree: 'parent_document_id',
  conflict: (row, database) => {
    const siblings = database.all('document').filter((other) => other['id'] !== row['id'] && other['api_id'] === row['api_id'] && other['parent_document_id'] === row['parent_document_id'])
    return siblings.some((other) => other['slug'] === row['slug']) ? 'slug must be unique' : undefined
  },
  invalid: (row, database) => {
    const id = row['parent_document_id']
    const parent = typeof id === 'string' ? database.get('document', id) : undefined
    return typeof id === 'string' && (parent === undefined || parent['api_id'] !== row['api_id'] || id === row['id']) ? { parent_document_id: `${id} is no document of this API` } : {}
  },
}
