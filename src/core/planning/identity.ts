import { canonicalJson, getPath, type Fields } from '../json.ts'
import type { TypeRules } from '../rules.ts'

/**
 * The natural key of a set of fields as a string to look up, undefined where a part of it is not known. A singleton's key
 * is its parent alone. The parent's id counts as the parent's field also where the backend leaves it out of the body.
 */
export function keyOfFields(rules: TypeRules, fields: Fields, parentId?: string): string | undefined {
  const { key, parent, normalise } = rules
  const value = (field: string): unknown => {
    const raw = getPath(fields, field.split('.'))
    const found = raw === undefined && parent?.field === field ? parentId : raw
    return normalise !== undefined && Object.hasOwn(normalise, field) && found !== undefined ? (normalise[field] as (value: unknown) => unknown)(found) : found
  }
  if (typeof key === 'function') return key(fields)
  const names = key ?? (rules.singleton === true ? (parent === undefined ? [] : [parent.field]) : undefined)
  if (names === undefined) return undefined
  const values = names.map(value)
  return values.some((part) => part === undefined || part === null || typeof part === 'object') ? undefined : canonicalJson(values)
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
