import * as z from 'zod'

/** The schema inside of what makes it optional. */
function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema
}

/** The schema of what stands at a step inside of another one; undefined where that takes anything. */
export function innerSchema(schema: unknown, step: string | number): unknown {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodObject) return (inner.shape as Readonly<Record<string, unknown>>)[step]
  if (inner instanceof z.ZodRecord) return inner.valueType
  return inner instanceof z.ZodArray ? inner.element : undefined
}

/** The fields of an object schema; none for any other one. */
export function namesOf(schema: unknown): readonly string[] {
  const inner = unwrap(schema)
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

/** True where a schema wants a text. */
export function isText(schema: unknown): boolean {
  const inner = unwrap(schema)
  return inner instanceof z.ZodString || inner instanceof z.ZodEnum
}
