import { canonicalJson, getPath, type Fields } from '../json.ts'
import type { TypeRules } from '../rules.ts'

/**
 * The natural key of a set of fields as a string to look up, undefined where a part of it is not known. A singleton's key
 * is its parent alone. The parent's id counts as the parent's field also where the backend leaves it out of the body.
 */
export function keyOfFields(rules: TypeRules, fields: Fields, parentId?: string): string | undefined {
  const { key, parent, normalise } = rules
  const value = (field: string): unknown => {
    const raw = field.includes('.') ? getPath(fields, field.split('.')) : Object.hasOwn(fields, field) ? fields[field] : undefined
    const found = raw === undefined && parent?.field === field ? parentId : raw
    return normalise !== undefined && Object.hasOwn(normalise, field) && found !== undefined ? (normalise[field] as (value: unknown) => unknown)(found) : found
  }
  if (typeof key === 'function') return key(fields)
  const names = key ?? (rules.singleton === true ? (parent === undefined ? [] : [parent.field]) : undefined)
  if (names === undefined) return undefined
  const values = names.map(value)
  return values.some((part) => part === undefined || part === null || typeof part === 'object') ? undefined : canonicalJson(values)
}

/** The part of the inputs that a natural key is made of: all of them where a function makes it. */
export function pickKeyFields({ key, singleton, parent }: TypeRules, inputs: Fields): Fields {
  if (typeof key === 'function') return inputs
  const names = key ?? (singleton === true && parent !== undefined ? [parent.field] : [])
  const picked: Record<string, unknown> = {}
  for (const name of names) {
    const [field] = name.includes('.') ? (name.split('.') as [string]) : [name]
    if (Object.hasOwn(inputs, field)) picked[field] = inputs[field]
  }
  return picked
}

/** A name for people: what the provider says, else the natural key, else the id. */
export function nameOf(rules: TypeRules, observed: { readonly id: string; readonly name?: string; readonly outputs: Fields }): string {
  if (observed.name !== undefined && observed.name !== '') return observed.name
  if (Array.isArray(rules.key)) {
    const parts = (rules.key as readonly string[]).filter((field) => field !== rules.parent?.field).map((field) => getPath(observed.outputs, field.split('.')))
    if (parts.length > 0 && parts.every((part) => typeof part === 'string' || typeof part === 'number')) return parts.join('/')
  }
  return observed.id
}
