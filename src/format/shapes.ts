import * as z from 'zod/mini'
import type { Address } from '../core/address.ts'
import type { PlanMode } from '../core/plan.ts'
import { isFields, type Fields } from '../core/json.ts'

/** What several documents have in common. Objects are strict: a field that is not known here is damage, or a newer release. */
export const address = z.custom<Address>((value) => typeof value === 'string' && /^[^/]+\/./su.test(value), 'expected "type/name"')

/** Taken as it is, not copied: a host's field names are its own. */
export const fields = z.custom<Fields>(isFields, 'expected an object')

export const path = z.array(z.union([z.string(), z.number()]))

export const count = z.int().check(z.minimum(0))

export const mode: z.ZodMiniType<PlanMode> = z.enum(['apply', 'sync', 'destroy', 'rollback'])

export const errorRecord = z.strictObject({
  code: z.string(),
  message: z.string(),
  kind: z.exactOptional(z.enum(['retryable', 'conflict', 'not-found', 'fatal', 'ambiguous'])),
  status: z.exactOptional(z.union([z.number(), z.string()])),
  fields: z.exactOptional(z.array(z.strictObject({ path: z.string(), reason: z.string() }))),
})

export const recordedResource = z.strictObject({
  address,
  id: z.string(),
  parentId: z.exactOptional(z.string()),
  inputs: fields,
  outputs: fields,
  dependsOn: z.array(address),
  protected: z.exactOptional(z.boolean()),
  deposed: z.exactOptional(z.array(z.strictObject({ id: z.string(), dependsOn: z.array(address) }))),
  adopted: z.exactOptional(z.boolean()),
})
