import { isMap, isScalar, isSeq, type Document } from 'yaml'
import type * as z from 'zod'
import { suggestName } from 'convergent'
import { follow, keyAt, keyOf, nodeAt } from '../../parts/nodes.ts'
import { describeFound, refuse, type Page } from './page.ts'
import { innerSchema, isText, namesOf } from './shape.ts'

/** Reads a map by its schema; undefined where something in it is wrong, each of which is an issue where it stands. `address`: what it is about; `named`: the field of its name, where that has been found wrong already. */
export function readFields<S extends z.ZodObject>(map: unknown, schema: S, page: Page, { address, named }: { readonly address?: string; readonly named?: string }): z.infer<S> | undefined {
  const { document, unfilled } = page
  const value = readValue(map, schema, document)
  const found = (schema.safeParse(value).error?.issues ?? []).filter(({ path }) => named === undefined || path[0] !== named)
  for (const issue of found) {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
    const node = nodeAt(map, path, document)
    if (issue.code === 'unrecognized_keys') {
      const known = namesOf(path.reduce(innerSchema, schema as unknown))
      for (const key of issue.keys) refuse(page, 'unknown-field', `unknown field "${key}"${suggestName(key, known) || `; there are ${known.join(', ')}`}`, keyAt(map, path, key, document), { address, path })
    } else if (!unfilled.has(follow(node, document))) {
      const inner = path.reduce((outer: unknown, step) => (outer as Readonly<Record<string | number, unknown>> | undefined)?.[step], value)
      refuse(page, 'invalid-field', inner === undefined ? `it is missing; ${describe(issue)}` : `${describe(issue)}, found ${describeFound(node, page)}${hintFor(issue, inner)}`, node, { address, path })
    }
  }
  // As it was written: a schema's output may lack what the schema does not know.
  return found.length === 0 && named === undefined ? (value as z.infer<S>) : undefined
}

/** What a node of a file says: where a text is wanted, a number is as it was written. */
export function readValue(node: unknown, schema: unknown, document: Document): unknown {
  const found = follow(node, document)
  if (isMap(found)) return Object.fromEntries(found.items.map((pair) => [keyOf(pair), readValue(pair.value, innerSchema(schema, keyOf(pair)), document)]))
  if (isSeq(found)) return found.items.map((item, at) => readValue(item, innerSchema(schema, at), document))
  if (!isScalar(found)) return found
  const isNumber = typeof found.value === 'number' || typeof found.value === 'bigint'
  return isNumber && isText(schema) ? (found.source ?? String(found.value)) : found.value
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`
  if (issue.code === 'invalid_type') return `expected ${NOUNS[issue.expected] ?? issue.expected}`
  if (issue.code === 'too_small') return issue.origin === 'array' ? `expected at least ${issue.minimum} of them` : 'expected a text that is not empty'
  return issue.message
}

const NOUNS: Readonly<Record<string, string>> = { string: 'a text', array: 'a list', object: 'a map', record: 'a map', boolean: 'true or false' }

function hintFor(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === null) return '; leave it out where there is none'
  if (issue.code === 'invalid_value' && typeof value === 'string') return suggestName(value, issue.values.map(String))
  if (issue.code !== 'invalid_type') return ''
  if (issue.expected === 'string' && typeof value === 'boolean') return '; write it in quotes'
  if (issue.expected === 'boolean' && typeof value === 'string') return '; write it without quotes: true or false'
  return issue.expected === 'array' ? '; write [ ] around it' : ''
}
