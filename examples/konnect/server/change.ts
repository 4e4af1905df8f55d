import type { Row } from './database.ts'

/** What an update makes of a row: what is sent replaces what was, label by label. */
export function changeRow(before: Row, body: Row): Row {
  return { ...before, ...body, ...(body['labels'] !== undefined && { labels: mergeLabels(before['labels'], body['labels']) }) }
}

/** Merges what is sent into what was, object by object; a list is replaced as a whole. */
export function mergeDeep(before: unknown, patch: unknown): unknown {
  if (!isObject(before) || !isObject(patch)) return patch
  return { ...before, ...Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, mergeDeep(before[key], value)])) }
}

/** A label that is sent as null goes; one that is not sent stays. */
function mergeLabels(before: unknown, patch: unknown): Row {
  const merged = { ...(before as Row), ...(patch as Row) }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
