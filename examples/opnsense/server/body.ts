import type { Fields } from './field.ts'
import { unexpected } from './reply.ts'

/** The object that a body wraps, or nothing where the wrapper is missing. */
export function unwrap(post: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> | undefined {
  const inner = post[key]
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Readonly<Record<string, unknown>>) : undefined
}

/** The fields of a body as strings. What the model does not know is ignored without a word, and so is null. */
export function readFields(fields: Fields, body: Readonly<Record<string, unknown>>): Record<string, string> {
  const row: Record<string, string> = {}
  for (const [name, field] of Object.entries(fields)) {
    const value = body[name]
    if (value === undefined || value === null || field.type === 'id') continue
    const text = toText(value)
    row[name] = field.isLowerCase === true || (field.type === 'port' && /^any$/i.test(text)) ? text.toLowerCase() : text
  }
  return row
}

/** A value as the firewall makes a string of it: false is nothing, and a list breaks it. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '1' : ''
  throw unexpected()
}
