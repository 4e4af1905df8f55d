import * as z from 'zod'
import type { Kind } from '../kind.ts'
import { labelChanges, labels } from '../labels.ts'

const fields = {
  name: z.string().min(1).max(255),
  description: z.string().nullable().optional(),
  version: z.string().min(1).max(255).nullable().optional(),
  slug: z.string().regex(/^[\w-]+$/, 'must match ^[\\w-]+$').nullable().optional(),
  attributes: z.record(z.string(), z.array(z.string().min(1).max(512).regex(/^[^,<>]*$/)).max(20)).optional(),
}

export const api: Kind = {
  name: 'api',
  path: '/v3/apis',
  create: z.strictObject({ ...fields, labels: labels.optional(), spec_content: z.string().optional() }),
  update: z.strictObject({ ...fields, name: fields.name.optional(), labels: labelChanges.optional() }),
  defaults: ({ name, version }) => ({
    description: null,
    version: null,
    slug: [name, version].filter((part) => typeof part === 'string').join('-').toLowerCase().replaceAll(/[^\w]+/g, '-').replaceAll(/^-|-$/g, '') || null,
    labels: {},
    attributes: {},
  }),
  show: ({ spec_content: _, ...row }, database) => {
    const versions = database.all('version').filter((version) => version['api_id'] === row['id'])
    const portals = database.all('publication').filter((publication) => publication['api_id'] === row['id']).map((publication) => database.get('portal', String(publication['portal_id'])))
    const last = versions.at(-1)
    return {
      ...row,
      current_version_summary: last === undefined ? null : { id: last['id'], version: last['version'], spec: { type: 'oas3' }, created_at: last['created_at'], updated_at: last['updated_at'] },
      api_spec_ids: versions.map((version) => version['id']),
      portals: portals.map((portal) => ({ id: portal?.['id'], name: portal?.['name'], display_name: portal?.['display_name'] })),
    }
  },
  filters: ['id', 'name', 'version'],
  conflict: (row, database) => {
    const others = database.all('api').filter((other) => other['id'] !== row['id'])
    if (others.some((other) => other['name'] === row['name'] && other['version'] === row['version'])) return `an API of name ${String(row['name'])} and version ${String(row['version'])} exists`
    return row['slug'] !== null && others.some((other) => other['slug'] === row['slug']) ? `slug ${String(row['slug'])} is taken` : undefined
  },
}
