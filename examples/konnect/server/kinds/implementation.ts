import * as z from 'zod'
import { clashes } from '../clash.ts'
import type { Row } from '../database.ts'
import type { Kind } from '../kind.ts'

interface Target {
  readonly id?: string
  readonly control_plane_id: string
}

export const implementation: Kind = {
  name: 'implementation',
  path: '/v3/apis/:api/implementations',
  listPath: '/v3/api-implementations',
  parent: 'api',
  create: z.union([z.strictObject({ service: z.strictObject({ id: z.uuid(), control_plane_id: z.uuid() }) }), z.strictObject({ control_plane: z.strictObject({ control_plane_id: z.uuid() }) })]),
  // Beside what was sent, what the list is filtered by.
  defaults: (body) => {
    const { id, control_plane_id } = (body['service'] ?? body['control_plane']) as Target
    return { control_plane_id, ...(id !== undefined && { service_id: id }) }
  },
  show: ({ api_id: _, service_id: __, control_plane_id: ___, ...row }) => (row['control_plane'] === undefined ? row : { ...row, control_plane: { ...(row['control_plane'] as Row), access_control_enforcement_enabled: false } }),
  summarize: (shown, row) => ({ ...shown, api_id: row['api_id'] }),
  filters: ['id', 'api_id', 'service_id', 'control_plane_id'],
  conflict: (row, database) => {
    if (row['service_id'] !== undefined && clashes('implementation', row, database, 'service_id')) return 'a gateway service can be linked to one API only'
    return clashes('implementation', row, database, 'api_id') ? 'the API has an implementation' : undefined
  },
  invalid: ({ control_plane_id: id, service }, database) =>
    database.get('control_plane', String(id)) === undefined ? { [`${service === undefined ? 'control_plane' : 'service'}.control_plane_id`]: `${String(id)} does not exist` } : {},
}
