import type { FieldChange } from './action.ts'
import { getPath, isFields, type Fields } from './json.ts'

type Draft = Map<string, unknown>

/**
 * A merge patch (RFC 7396) of changes: each changed place with its resolved value, `null` where it is unset. A change inside
 * a list takes the whole list, since a merge patch cannot reach into one.
 */
export function buildPatch(changes: readonly FieldChange[], resolved: Fields): Fields {
  const root: Draft = new Map()
  for (const { path } of changes) {
    const index = path.findIndex((part) => typeof part === 'number')
    const place = (index === -1 ? path : path.slice(0, index)).map(String)
    const last = place.pop()
    if (last === undefined) continue
    let draft = root
    for (const part of place) {
      const child = draft.get(part)
      if (child instanceof Map) draft = child as Draft
      else {
        const fresh: Draft = new Map()
        draft.set(part, fresh)
        draft = fresh
      }
    }
    draft.set(last, getPath(resolved, [...place, last]) ?? null)
  }
  return freeze(root)
}

function freeze(draft: Draft): Fields {
  return Object.fromEntries([...draft].map(([key, value]) => [key, value instanceof Map ? freeze(value as Draft) : value]))
}

/** Applies a merge patch (RFC 7396). */
export function applyPatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  const merged = new Map(isFields(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, applyPatch(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}
