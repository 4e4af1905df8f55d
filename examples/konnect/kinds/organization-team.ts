import * as z from 'zod'
import { restType, type HttpClient } from 'convergent/rest'
import { labelled, labels, lastingDescription } from './shared.ts'

/** A team of the organization: `/v3/teams`. Those that come with it are nobody's. */
export const organizationTeam = (client: HttpClient) =>
  restType({
    client,
    schema: z.strictObject({ name: z.string().regex(/^[\w \W]+$/).max(250), description: z.string().min(1).max(250).optional(), labels: labels.optional() }),
    ...labelled,
    collection: () => '/v3/teams',
    ...lastingDescription,
  })
