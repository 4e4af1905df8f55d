import * as z from 'zod'
import type { Kind } from '../kind.ts'

const spec = z.strictObject({ content: z.string() })

export const version: Kind = {
  name: 'version',
  path: '/v3/apis/:api/versions',
  parent: 'api',
  create: z.strictObject({ version: z.string().optional(), spec }),
  update: z.strictObject({ version: z.string().optional(), spec: spec.optional() }),
  defaults: () => ({ version: '1.0.0' }),
  show: ({ api_id: _, ...row }) => {
    const content = (row['spec'] as { content: string }).content
    return { ...row, spec: { content, type: /(^|[{\s"])asyncapi["\s]*:/.test(content) ? 'asyncapi' : /swagger["\s]*:/.test(content) ? 'oas2' : 'oas3', validation_messages: [] } }
  },
  summarize: (row) => ({ ...row, spec: { type: (row['spec'] as { type: string }).type } }),
  filters: ['version'],
  conflict: (row, database) =>
    database.all('version').some((other) => other['id'] !== row['id'] && other['api_id'] === row['api_id'] && other['version'] === row['version']) ? `version ${String(row['version'])} of this API exists` : undefined,
}
