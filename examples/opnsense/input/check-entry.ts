import { isSeq } from 'yaml'
import type * as z from 'zod'
import { formatAddress, suggestName } from 'convergent'
import { sourceOf } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { at, follow, keyOf } from '../../parts/nodes.ts'
import { WORDS, type Entry } from './entry.ts'

/** Judges an entry by the schema of its kind, each issue where it stands. Nothing is what unsets a field, and is never wrong. */
export function checkEntry(entry: Entry, issues: IssueList): void {
  const { kind, name, fields, map, file } = entry
  const address = formatAddress(kind.type, name)
  const judged = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  for (const issue of kind.schema.safeParse(judged).error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const pair = map.items.find((each) => keyOf(each) === key)
        issues.add('unknown-field', `unknown field "${key}"${suggestName(key, [...Object.keys(kind.fields), ...WORDS]) || `; a ${kind.type} has ${Object.keys(kind.fields).join(', ')}`}`, sourceOf(file, pair?.key ?? map), { address })
      }
      continue
    }
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
    const isMissing = path.length === 1 && judged[String(path[0])] === undefined
    issues.add('invalid-field', isMissing ? `it is missing; ${describe(issue, undefined)}` : describe(issue, valueAt(judged, path)), sourceOf(file, nodeAt(entry, path)), { address, path })
  }
}

function describe(issue: z.core.$ZodIssue, value: unknown): string {
  const found = value === undefined ? '' : `, found ${Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a map' : JSON.stringify(value)}`
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}${found}${typeof value === 'string' ? suggestName(value, issue.values.map(String)) : ''}`
  if (issue.code === 'invalid_type') return `expected ${NOUNS[issue.expected] ?? issue.expected}${found}${hintFor(issue.expected, value)}`
  if (issue.code === 'too_small') return `expected at least ${issue.minimum}${found}`
  if (issue.code === 'too_big') return `expected at most ${issue.maximum}${found}`
  return `${issue.message}${found}`
}

const NOUNS: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', int: 'a whole number', array: 'a list', boolean: 'true or false' }

function hintFor(expected: string, value: unknown): string {
  if (expected === 'boolean' && typeof value === 'string' && /^(yes|no|on|off|y|n|0|1)$/i.test(value)) return `; write ${/^(yes|on|y|1)$/i.test(value) ? 'true' : 'false'}`
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^\d+$/.test(value)) return '; write it without quotes'
  return expected === 'array' && value !== undefined ? '; write [ ] around it' : ''
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce((inner: unknown, part) => (inner as Readonly<Record<string | number, unknown>> | undefined)?.[part], value)
}

/** The node of a field, or of what stands in its list; the entry where there is none. */
function nodeAt({ map, document }: Entry, [field, index]: readonly (string | number)[]): unknown {
  const node = at(map, String(field))
  const list = follow(node, document)
  return (isSeq(list) && typeof index === 'number' ? list.items[index] : node) ?? map
}
