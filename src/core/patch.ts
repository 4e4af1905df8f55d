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
    const value = getPath(resolved, place) ?? null
    const last = place.pop()
    if (last !== undefined) openDraft(root, place)?.set(last, value)
  }
  return freeze(root)
}

/** The draft at a place; undefined where a place above it is taken as a whole already. */
function openDraft(root: Draft, place: readonly string[]): Draft | undefined {
  let draft = root
  for (const part of place) {
    const child = draft.get(part) ?? new Map<string, unknown>()
    if (!(child instanceof Map)) return undefined
    draft.set(part, child)
    draft = child as Draft
  }
  return draft
}

function freeze(draft: Draft): Fields {
  return Object.fromEntries([...draft].map(([key, value]) => [key, value instanceof Map ? freeze(value as Draft) : value]))
}

/** Applies a merge patch (RFC 7396). What is `undefined` in it is not there, as JSON cannot say it. */
export function applyPatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  const merged = new Map(isFields(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else if (value !== undefined) merged.set(key, applyPatch(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}
