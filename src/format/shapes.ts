import * as z from 'zod/mini'
import type { Address } from '../core/address.ts'
import type { PlanMode } from '../core/plan.ts'
import { isFields, type Fields } from '../core/json.ts'

/**
 * A field that may be absent. Zod looks into what is absent to say in detail why it is not there, which costs more than all the
 * rest of a line, unless undefined is a value too; JSON has no such value.
 */
export function ifPresent<T extends z.core.$ZodType>(shape: T): z.ZodMiniExactOptional<T> {
  return z.optional(shape) as unknown as z.ZodMiniExactOptional<T>
}

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
  kind: ifPresent(z.enum(['retryable', 'conflict', 'not-found', 'fatal', 'ambiguous'])),
  status: ifPresent(z.union([z.number(), z.string()])),
  fields: ifPresent(z.array(z.strictObject({ path: z.string(), reason: z.string() }))),
})

export const recordedResource = z.strictObject({
  address,
  id: z.string(),
  parentId: ifPresent(z.string()),
  inputs: fields,
  outputs: fields,
  dependsOn: z.array(address),
  protected: ifPresent(z.boolean()),
  deposed: ifPresent(z.array(z.strictObject({ id: z.string(), dependsOn: z.array(address) }))),
  adopted: ifPresent(z.boolean()),
})
