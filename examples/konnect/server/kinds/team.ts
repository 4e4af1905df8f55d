import * as z from 'zod'
import { clashes } from '../clash.ts'
import type { Row } from '../database.ts'
import type { Kind } from '../kind.ts'
import { labelChanges, labels } from '../labels.ts'

const name = z.string().min(1).max(250)
const description = z.string().min(1).max(250).optional()

const builtIn = ['organization-admin', 'organization-admin-readonly'].map((each, index): Row => {
  const at = '2020-01-01T00:00:00.000Z'
  return { id: `00000000-0000-4000-8000-00000000000${index + 1}`, name: each, description: null, system_team: true, labels: {}, created_at: at, updated_at: at }
})

export const team: Kind = {
  name: 'team',
  path: '/v3/teams',
  builtIn,
  create: z.strictObject({ name, description, labels: labels.optional() }),
  update: z.strictObject({ name: name.optional(), description, labels: labelChanges.optional() }),
  defaults: () => ({ description: null, system_team: false, labels: {} }),
  filters: ['name'],
  conflict: (row, database) => (clashes('team', row, database, 'name') || builtIn.some((each) => each['name'] === row['name']) ? `a team is called ${String(row['name'])}` : undefined),
}
