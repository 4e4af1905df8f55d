import { createHash } from 'node:crypto'
import type { Fields } from 'convergent'

/** What was declared, and a digest of what the database made of it. */
type Told = readonly [declared: unknown, digest: string]

/** By the dotted place as JSON: what the database says in other words than it was told. */
export type Marks = Readonly<Record<string, Told>>

const SIGN = '-- convergent '

/** Splits a comment on an object into what people wrote and what we keep there, on its last line. */
export function readComment(comment: unknown): { readonly text: string | null; readonly marks: Marks } {
  if (typeof comment !== 'string') return { text: null, marks: {} }
  const end = comment.lastIndexOf('\n')
  const line = comment.slice(end + 1)
  const marks = line.startsWith(SIGN) ? parseMarks(line.slice(SIGN.length)) : undefined
  if (marks === undefined) return { text: comment, marks: {} }
  return { text: end === -1 ? null : comment.slice(0, end), marks }
}

/** The comment that holds both; null: none is needed. */
export function writeComment(text: string | null, marks: Marks): string | null {
  // A text that looks as if it ended with ours would be taken for that.
  const isNeeded = Object.keys(marks).length > 0 || readComment(text).text !== text
  return isNeeded ? `${text === null ? '' : `${text}\n`}${SIGN}${JSON.stringify(marks)}` : text
}

/**
 * PostgreSQL keeps no text of a query or an expression: it shows its own wording. What was declared counts for as long as
 * that wording is still the one that it led to; a change by hand changes the wording, and then that is what is shown.
 */
export function showDeclared(fields: Fields, marks: Marks): Fields {
  let shown = fields
  for (const [place, [declared, digest]] of Object.entries(marks)) {
    const path = JSON.parse(place) as readonly string[]
    const found = getAt(shown, path)
    if (found !== undefined && found !== null && digestOf(found) === digest) shown = setAt(shown, path, declared)
  }
  return shown
}

/** The marks for what was declared at these places (`*` is any one step) and came out in other words. */
export function markDifferences(declared: Fields, shown: Fields, places: readonly string[]): Marks {
  const marks: Record<string, Told> = {}
  for (const path of places.flatMap((place) => expand(declared, place.split('.')))) {
    const [told, found] = [getAt(declared, path), getAt(shown, path)]
    if (told === undefined || told === null || found === undefined || found === null) continue
    if (JSON.stringify(told) !== JSON.stringify(found)) marks[JSON.stringify(path)] = [told, digestOf(found)]
  }
  return marks
}

function parseMarks(text: string): Marks | undefined {
  try {
    const marks = JSON.parse(text) as unknown
    return typeof marks === 'object' && marks !== null && Object.entries(marks).every(([place, told]) => Array.isArray(JSON.parse(place)) && Array.isArray(told) && told.length === 2) ? (marks as Marks) : undefined
  } catch {
    return undefined
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}

function expand(value: unknown, [step, ...rest]: readonly string[]): readonly (readonly string[])[] {
  if (step === undefined) return [[]]
  const keys = step === '*' ? Object.keys((value ?? {}) as Fields) : [step]
  return keys.flatMap((key) => expand(getAt(value, [key]), rest).map((path) => [key, ...path]))
}

function getAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? (inner as Fields)[key] : undefined), value)
}

function setAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): Fields {
  const fields = value as Fields
  return Object.fromEntries(Object.entries(fields).map(([each, child]) => [each, each !== key ? child : rest.length === 0 ? replacement : setAt(child, rest, replacement)]))
}
