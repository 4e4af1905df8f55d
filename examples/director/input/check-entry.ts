import type * as z from 'zod'
import { suggestName } from 'convergent'
import { sourceOf } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { keyAt, nodeAt } from '../../parts/nodes.ts'
import { elementOf, fieldsOf } from '../shape.ts'
import { WORDS, type Entry } from './entry.ts'

/** Judges an entry by the schema of its kind, each issue where it stands. Nothing is what unsets a field, and is never wrong. */
export function checkEntry(entry: Entry, address: string, issues: IssueList): void {
  const { kind, fields, map, of } = entry
  const judged = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  for (const issue of kind.schema.safeParse(judged).error?.issues ?? []) {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(fieldsOf(schemaAt(kind.schema, path)) ?? {})
      for (const key of issue.keys) {
        const what = `unknown field "${key}"${suggestName(key, path.length === 0 ? [...known, ...WORDS] : known) || `; there are ${known.join(', ')}`}`
        issues.add('unknown-field', what, sourceOf(of.file, keyAt(map, path, key, of.document)), { address, ...(path.length > 0 && { path }) })
      }
      continue
    }
    const value = path.reduce((inner: unknown, part) => (inner as Readonly<Record<string | number, unknown>> | undefined)?.[part], judged)
    const what = value === undefined ? `it is missing; ${describe(issue, undefined)}` : describe(issue, value)
    issues.add('invalid-field', path.length === 0 ? issue.message : what, sourceOf(of.file, nodeAt(map, path, of.document)), { address, ...(path.length > 0 && { path }) })
  }
}

function schemaAt(schema: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce((inner: unknown, part) => (typeof part === 'number' ? elementOf(inner) : fieldsOf(inner)?.[part]), schema)
}

function describe(issue: z.core.$ZodIssue, value: unknown): string {
  const found = value === undefined ? '' : `, found ${Array.isArray(value) ? 'a list' : typeof value === 'object' && value !== null ? 'a map' : JSON.stringify(value)}`
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}${found}${typeof value === 'string' ? suggestName(value, issue.values.map(String)) : ''}`
  if (issue.code === 'invalid_type') return `expected ${NOUNS[issue.expected] ?? issue.expected}${found}${hintFor(issue.expected, value)}`
  if (issue.code === 'too_small' && issue.origin === 'array') return `expected at least ${issue.minimum} of them, found ${Array.isArray(value) ? value.length : 'none'}`
  if (issue.code === 'too_small') return `expected at least ${issue.minimum}${issue.origin === 'string' ? ' character' : ''}${found}`
  if (issue.code === 'too_big' && issue.origin !== 'string') return `expected at most ${issue.maximum}${found}`
  return typeof value === 'object' ? issue.message : `${issue.message}${found}`
}

const NOUNS: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', int: 'a whole number', array: 'a list', object: 'a map', boolean: 'true or false' }

function hintFor(expected: string, value: unknown): string {
  if (expected === 'string' && typeof value === 'boolean') return '; write it in quotes'
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^\d+$/.test(value)) return '; write it without quotes'
  return expected === 'array' && value !== undefined && value !== null ? '; write [ ] around it' : ''
}
