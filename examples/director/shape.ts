import * as z from 'zod'
import type { Fields } from 'convergent'

/** What a field may be left out for: the value that says the same. */
interface Defaulted {
  readonly inner: z.core.$ZodType
  /** Undefined: none. */
  readonly fallback: unknown
}

/** The fields of an object schema, undefined for any other one. */
export function fieldsOf(schema: unknown): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const { inner } = unwrap(schema)
  return inner instanceof z.ZodObject ? (inner.shape as Readonly<Record<string, z.core.$ZodType>>) : undefined
}

/** The schema of the elements of a list schema, undefined for any other one. */
export function elementOf(schema: unknown): z.core.$ZodType | undefined {
  const { inner } = unwrap(schema)
  return inner instanceof z.ZodArray ? (inner.element as z.core.$ZodType) : undefined
}

/** True where a schema wants a text. */
export function isText(schema: unknown): boolean {
  const { inner } = unwrap(schema)
  return inner instanceof z.ZodString || inner instanceof z.ZodEnum || inner instanceof z.ZodLiteral
}

/** A value as it is sent: what is left out is its default. */
export function fillDefaults(schema: unknown, value: unknown): unknown {
  const { fallback } = unwrap(schema)
  const meant = value ?? fallback
  const [fields, element] = [fieldsOf(schema), elementOf(schema)]
  if (element !== undefined && Array.isArray(meant)) return meant.map((each) => fillDefaults(element, each))
  if (fields === undefined || !isFields(meant)) return meant
  const filled = Object.entries(fields).map(([field, inner]) => [field, fillDefaults(inner, meant[field])] as const)
  return Object.fromEntries(filled.filter(([, each]) => each !== undefined))
}

/** A value as somebody would have declared it: fields that the schema does not know, and defaults, are left out; a number in a text is a number. */
export function showAsDeclared(schema: unknown, value: unknown): unknown {
  const { inner, fallback } = unwrap(schema)
  const [fields, element] = [fieldsOf(schema), elementOf(schema)]
  if (element !== undefined && Array.isArray(value)) return value.length === 0 && isDefault(value, fallback) ? undefined : value.map((each) => showAsDeclared(element, each))
  if (fields !== undefined && isFields(value)) {
    const known = Object.entries(fields).map(([field, each]) => [field, showAsDeclared(each, value[field])] as const)
    return Object.fromEntries(known.filter(([, each]) => each !== undefined))
  }
  const shown = inner instanceof z.ZodNumber && typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value
  return shown === null || isDefault(shown, fallback) ? undefined : shown
}

/** For each field with a default, by its dotted path: that value is as good as none when two are compared. */
export function listNormalisers(schema: unknown, path = ''): Readonly<Record<string, (value: unknown) => unknown>> {
  const { fallback } = unwrap(schema)
  const own = fallback === undefined || path === '' ? {} : { [path]: (value: unknown) => (isDefault(value, fallback) ? null : value) }
  const at = (step: string): string => (path === '' ? step : `${path}.${step}`)
  const element = elementOf(schema)
  const inside = Object.entries(fieldsOf(schema) ?? {}).map(([field, inner]) => listNormalisers(inner, at(field)))
  return Object.assign({}, own, ...inside, element === undefined ? {} : listNormalisers(element, at('*'))) as Readonly<Record<string, (value: unknown) => unknown>>
}

/** The schema inside of what makes it optional. */
function unwrap(schema: unknown): Defaulted {
  if (schema instanceof z.ZodDefault) return { inner: unwrap(schema.unwrap()).inner, fallback: schema.def.defaultValue }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap())
  return { inner: schema as z.core.$ZodType, fallback: undefined }
}

function isDefault(value: unknown, fallback: unknown): boolean {
  return value === fallback || (Array.isArray(fallback) && fallback.length === 0 && Array.isArray(value) && value.length === 0)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
