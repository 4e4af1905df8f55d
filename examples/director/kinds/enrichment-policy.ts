import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { anyName, nameUpTo } from '../kind-parts.ts'

const criterion = z
  .strictObject({ type: z.enum(['KeyPresents', 'KeyPresentsValueMatches']), key: z.string().min(1), value: z.string().default('') })
  .refine(({ type, value }) => type === 'KeyPresents' || value !== '', 'expected a value, which KeyPresentsValueMatches looks for')
const rule = z
  .strictObject({
    category: z.enum(['simple', 'type_based']),
    source_key: z.string().min(1),
    operation: z.literal('Equals').default('Equals'),
    event_key: z.string().default(''),
    type: z.enum(['ip', 'string', 'num']).default('string'),
    prefix: z.boolean().default(false),
  })
  .refine(({ category, event_key }) => category === 'type_based' || event_key !== '', 'expected an event_key, which a simple rule needs')

/** What is added to a log out of another source: `EnrichmentPolicy`. Its specifications are gone through in their order. */
export const kind = defineKind({
  type: 'EnrichmentPolicy',
  path: 'EnrichmentPolicy',
  schema: z.strictObject({
    name: nameUpTo(255),
    description: z.string().default(''),
    specifications: z.array(z.strictObject({ source: anyName, criteria: z.array(criterion).min(1), rules: z.array(rule).default([]) })).min(1),
  }),
})
