import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { labelled, labels, lastingDescription } from '../kind-parts.ts'

/** A team of the organization: `/v3/teams`. Those that come with it are nobody's. */
export const kind = defineKind({
  type: 'organization_team',
  input: { list: 'organization.teams' },
  schema: z.strictObject({ name: z.string().regex(/^[\w \W]+$/).max(250), description: z.string().min(1).max(250).optional(), labels: labels.optional() }),
  ...labelled,
  collection: () => '/v3/teams',
  ...lastingDescription,
})
