import * as z from 'zod'
import { clashes } from '../clash.ts'
import type { Kind } from '../kind.ts'

const name = z.string().min(1).max(250)
const fields = { description: z.string().min(1).max(250).optional(), can_own_applications: z.boolean().optional() }

export const portalTeam: Kind = {
  name: 'portal_team',
  path: '/v3/portals/:portal/teams',
  parent: 'portal',
  create: z.strictObject({ ...fields, name }),
  update: z.strictObject({ ...fields, name: name.optional() }),
  // Every team has a description, and none that is empty.
  defaults: (body) => ({ description: body['name'], can_own_applications: false }),
  show: ({ portal_id: _, ...row }) => row,
  filters: ['name', 'can_own_applications'],
  conflict: (row, database) => (clashes('portal_team', row, database, 'portal_id', 'name') ? `a team of this portal is called ${String(row['name'])}` : undefined),
}
