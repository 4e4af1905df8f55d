import * as z from 'zod'
import { clashes } from '../clash.ts'
import type { Kind } from '../kind.ts'

/** What the API calls the APIs of its catalog. */
const API_TYPES = ['APIs', 'Services']

export const portalTeamRole: Kind = {
  name: 'portal_team_role',
  path: '/v3/portals/:portal/teams/:portal_team/assigned-roles',
  parent: 'portal_team',
  isReadable: false,
  create: z.strictObject({ role_name: z.string(), entity_id: z.uuid(), entity_type_name: z.string(), entity_region: z.enum(['us', 'eu', 'au', 'me', 'in', 'sg', '*']) }),
  defaults: () => ({}),
  show: ({ portal_team_id: _, created_at: __, updated_at: ___, ...row }) => row,
  conflict: (row, database) => (clashes('portal_team_role', row, database, 'portal_team_id', 'role_name', 'entity_id', 'entity_type_name', 'entity_region') ? 'the team has this role' : undefined),
  invalid: ({ entity_type_name: type, entity_id: id }, database) => (API_TYPES.includes(String(type)) && database.get('api', String(id)) === undefined ? { entity_id: `${String(id)} does not exist` } : {}),
}
