import type { Fields } from 'convergent'

/** True for a map of a reply or a declaration: no list, and not null. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
