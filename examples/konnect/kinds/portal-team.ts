import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'
import { lastingDescription, pages } from '../kind-parts.ts'

/** Where a team is, by its id. */
export function pathOfTeam(id: string): string {
  const [portalId, teamId] = id.split('/')
  return pathOf`/v3/portals/${portalId}/teams/${teamId}`
}

/** Developers of a portal who have the same rights: `/v3/portals/{portalId}/teams`. */
export const kind = defineKind({
  type: 'portal_team',
  input: { list: 'portal_teams', nested: 'teams', parentKey: 'portal' },
  schema: z.strictObject({
    portal_id: z.string(),
    name: z.string().regex(/^[\w \W]+$/).max(250),
    description: z.string().min(1).max(250).optional(),
    can_own_applications: z.boolean().optional(),
  }),
  parent: { type: 'portal', field: 'portal_id' },
  collection: (portalId) => pathOf`/v3/portals/${portalId}/teams`,
  // A team's roles live under the portal too, so its id has both.
  idOf: ({ id, portal_id }, portalId) => `${portalId || String(portal_id)}/${String(id)}`,
  item: ({ id }) => pathOfTeam(id),
  pagination: pages,
  key: ['portal_id', 'name'],
  findQuery: ({ name }) => ({ 'filter[name][eq]': name }),
  ...lastingDescription,
})
