import { z } from 'zod'
import { defineKind } from '../kind.ts'

const fields = z.object({
  policy_name: z.string(),
  catch_all: z.string(),
  routing_criteria: z.array(z.object({ type: z.string(), key: z.string(), value: z.string().default(''), repo: z.string().default(''), drop: z.string() })),
})
const TYPES = ['KeyPresent', 'KeyPresentValueMatches']
const DROPS = ['store', 'discard_raw', 'discard']

/** A routing policy: repos by name; the first criterion that fits decides. */
export const routingPolicy = defineKind<z.infer<typeof fields>>({
  name: 'RoutingPolicies',
  label: 'Routing Policy',
  key: 'policy_name',
  create: fields,
  edit: fields,
  findFaults: ({ catch_all, routing_criteria }) => [
    ...(catch_all === '' ? ['catch_all: a repo is needed'] : []),
    ...routing_criteria.flatMap(({ type, key, value, drop }, at) => [
      ...(TYPES.includes(type) ? [] : [`routing_criteria[${at}].type: "${type}" is none of ${TYPES.join(', ')}`]),
      ...(DROPS.includes(drop) ? [] : [`routing_criteria[${at}].drop: "${drop}" is none of ${DROPS.join(', ')}`]),
      ...(key === '' ? [`routing_criteria[${at}].key: must not be empty`] : []),
      ...(type === 'KeyPresentValueMatches' && value === '' ? [`routing_criteria[${at}].value: must not be empty`] : []),
    ]),
  ],
  listReferences: ({ catch_all, routing_criteria }) =>
    [{ field: 'catch_all', repo: catch_all }, ...routing_criteria.map(({ repo }, at) => ({ field: `routing_criteria[${at}].repo`, repo }))]
      .filter(({ repo }) => repo !== '')
      .map(({ field, repo }) => ({ field, table: 'Repos', by: 'name', value: repo })),
  show: (row) => ({ ...row, active: true, tid: '' }),
  builtIns: () => ['default', '_logpoint', '_LogPointAlerts'].map((name) => ({ policy_name: name, catch_all: name, routing_criteria: [] })),
})
