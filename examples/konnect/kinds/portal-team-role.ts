import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { pathOfTeam } from './portal-team.ts'
import { pages } from '../kind-parts.ts'

const region = z.enum(['us', 'eu', 'au', 'me', 'in', 'sg', '*'])

/** What a portal's team may do with one object: `/v3/portals/{portalId}/teams/{teamId}/assigned-roles`. Another role is another object. */
export const kind = defineKind({
  type: 'portal_team_role',
  input: { list: 'portal_team_roles', nested: 'roles', parentKey: 'team' },
  schema: z.strictObject({ team_id: z.string(), role_name: z.string(), entity_id: z.string(), entity_type_name: z.string(), entity_region: region }),
  parent: { type: 'portal_team', field: 'team_id' },
  references: { entity_id: 'api' },
  collection: (teamId) => `${pathOfTeam(teamId)}/assigned-roles`,
  readBy: 'list',
  pagination: pages,
  key: ['team_id', 'role_name', 'entity_id', 'entity_type_name', 'entity_region'],
  marks: ({ role_name, entity_type_name, entity_id }) => ({ name: `${String(role_name)} of ${String(entity_type_name)} ${String(entity_id)}` }),
  update: 'none',
  immutable: ['role_name', 'entity_id', 'entity_type_name', 'entity_region'],
})
