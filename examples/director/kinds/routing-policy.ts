import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { anyName, nameOrEmpty, nameUpTo } from '../kind-parts.ts'

/** Which log goes to which repo: `RoutingPolicies`. The first criterion that fits decides. */
export const kind = defineKind({
  type: 'RoutingPolicy',
  path: 'RoutingPolicies',
  nameOnWire: 'policy_name',
  schema: z.strictObject({
    name: nameUpTo(255),
    catch_all: anyName,
    routing_criteria: z
      .array(
        z
          .strictObject({
            type: z.enum(['KeyPresent', 'KeyPresentValueMatches']),
            key: z.string().min(1),
            value: z.string().default(''),
            repo: nameOrEmpty.default(''),
            drop: z.enum(['store', 'discard_raw', 'discard']).default('store'),
          })
          .refine(({ type, value }) => type === 'KeyPresent' || value !== '', 'expected a value, which KeyPresentValueMatches looks for'),
      )
      .default([]),
  }),
  names: { catch_all: 'Repo', 'routing_criteria.*.repo': 'Repo' },
})
