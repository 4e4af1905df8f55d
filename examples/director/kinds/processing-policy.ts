import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { NONE, nameUpTo, policyName } from '../kind-parts.ts'

/** Where each of the other policies is listed, for those that stand on the wire with their id. */
const LISTS = { enrich_policy: 'EnrichmentPolicy', routing_policy: 'RoutingPolicies' } as const

/** What becomes of a log, from a source to a repo: `ProcessingPolicy`. */
export const kind = defineKind({
  type: 'ProcessingPolicy',
  path: 'ProcessingPolicy',
  nameOnWire: 'policy_name',
  schema: z.strictObject({ name: nameUpTo(255), norm_policy: policyName, enrich_policy: policyName, routing_policy: policyName }),
  names: { norm_policy: 'NormalizationPolicy', enrich_policy: 'EnrichmentPolicy', routing_policy: 'RoutingPolicy' },
  looksUp: Object.values(LISTS),
  toWire: async (fields, { idOf }) => ({ ...fields, ...(await translate(fields, idOf)) }),
  fromWire: async (fields, { nameOf }) => ({ ...fields, ...(await translate(fields, nameOf)) }),
})

async function translate(fields: Readonly<Record<string, unknown>>, look: (list: string, word: string) => Promise<string>): Promise<Readonly<Record<string, string>>> {
  const pairs = Object.entries(LISTS).map(async ([field, list]) => {
    const word = String(fields[field] ?? '')
    return [field, word === '' || word === NONE ? NONE : await look(list, word)] as const
  })
  return Object.fromEntries(await Promise.all(pairs))
}
