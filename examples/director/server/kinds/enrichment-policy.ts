import { z } from 'zod'
import { defineKind } from '../kind.ts'

const criterion = z.object({ type: z.string(), key: z.string(), value: z.string().default('') })
const rule = z.object({
  category: z.string(),
  operation: z.string().default('Equals'),
  prefix: z.boolean().default(false),
  event_key: z.string().default(''),
  source_key: z.string(),
  type: z.string().default('string'),
})
const fields = z.object({
  name: z.string(),
  description: z.string().default(''),
  specifications: z.array(z.object({ source: z.string(), criteria: z.array(criterion), rules: z.array(rule).default([]) })),
})
/** Spelled as nowhere else: a routing policy says KeyPresent. */
const CRITERION_TYPES = ['KeyPresents', 'KeyPresentsValueMatches']

/** An enrichment policy: sources by name. */
export const enrichmentPolicy = defineKind<z.infer<typeof fields>>({
  name: 'EnrichmentPolicy',
  label: 'Enrichment Policy',
  key: 'name',
  create: fields,
  edit: fields,
  findFaults: ({ specifications }) => [
    ...(specifications.length === 0 ? ['specifications: at least one is needed'] : []),
    ...specifications.flatMap(({ criteria, rules }, at) => [
      ...(criteria.length === 0 ? [`specifications[${at}].criteria: at least one is needed`] : []),
      ...criteria.flatMap(({ type, key, value }) => [
        ...(CRITERION_TYPES.includes(type) ? [] : [`specifications[${at}].criteria: "${type}" is none of ${CRITERION_TYPES.join(', ')}`]),
        ...(key === '' || (type === 'KeyPresentsValueMatches' && value === '') ? [`specifications[${at}].criteria: key and value must not be empty`] : []),
      ]),
      ...rules.flatMap((each) => findRuleFaults(each).map((fault) => `specifications[${at}].rules: ${fault}`)),
    ]),
  ],
  listReferences: ({ specifications }) => specifications.map(({ source }, at) => ({ field: `specifications[${at}].source`, table: 'EnrichmentSource', by: 'name', value: source })),
  show: (row) => ({ ...row, active: true, tid: '' }),
  builtIns: () => [],
})

function findRuleFaults({ category, operation, event_key, type }: z.infer<typeof rule>): string[] {
  return [
    ...(['simple', 'type_based'].includes(category) ? [] : [`category "${category}" is none of simple, type_based`]),
    ...(operation === 'Equals' ? [] : [`operation "${operation}" must be Equals`]),
    ...(category === 'simple' && event_key === '' ? ['a simple rule needs an event_key'] : []),
    ...(['ip', 'string', 'num'].includes(type) ? [] : [`type "${type}" is none of ip, string, num`]),
  ]
}
