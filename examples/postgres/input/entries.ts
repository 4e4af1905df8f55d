import { isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml'
import { suggestName, type Fields, type Source } from 'convergent'
import { sourceOf, type InputFile } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { keyOf } from '../../parts/nodes.ts'
import type { Kind } from '../kind.ts'
import { kinds } from '../kinds.ts'

/** What every entry may say beside its fields. */
const WORDS = ['protected', 'adopt', 'external', 'depends_on'] as const

/** What of a parent's lists the field is called that names the parent; grants name what they are about. */
const NESTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  database: { schemas: 'database', extensions: 'database', grants: 'database' },
  schema: { tables: 'schema', views: 'schema', sequences: 'schema', grants: 'schema' },
  table: { uniques: 'table', checks: 'table', foreign_keys: 'table', indexes: 'table', grants: 'table' },
  view: { grants: 'view' },
  sequence: { grants: 'sequence' },
}

/** One entry of the input. */
export interface Entry {
  readonly kind: Kind
  /** Its fields as they stand there. */
  readonly fields: Fields
  /** What it says beside them. */
  readonly words: Partial<Record<(typeof WORDS)[number], unknown>>
  /** The entry that it stands in, and the field that names that one. */
  readonly parent?: { readonly entry: Entry; readonly field: string }
  readonly source: Source
}

/** Collects the entries of a file. */
export function collectEntries(file: InputFile, issues: IssueList): readonly Entry[] {
  return file.documents.flatMap((document) => {
    const { contents } = document
    if (contents === null || (isScalar(contents) && contents.value === null)) return []
    const lists = Object.fromEntries(kinds.map(({ list }) => [list, '']))
    if (isMap(contents)) return contents.items.flatMap((pair) => readList(file, document, pair, lists, undefined, issues))
    issues.add('invalid-file', `expected a map of lists (${Object.keys(lists).join(', ')}) at the top`, sourceOf(file, contents))
    return []
  })
}

function readList(file: InputFile, document: Document.Parsed, pair: Pair, lists: Readonly<Record<string, string>>, parent: Entry | undefined, issues: IssueList): readonly Entry[] {
  const name = keyOf(pair)
  const kind = Object.hasOwn(lists, name) ? kinds.find(({ list }) => list === name) : undefined
  if (kind === undefined) {
    issues.add('unknown-kind', `unknown list "${name}"${suggestName(name, Object.keys(lists)) || `; known are ${Object.keys(lists).join(', ')}`}`, sourceOf(file, pair.key))
    return []
  }
  if (pair.value === null || (isScalar(pair.value) && pair.value.value === null)) return []
  if (!isSeq(pair.value)) {
    issues.add('invalid-list', `${name}: expected a list`, sourceOf(file, pair.value))
    return []
  }
  return pair.value.items.flatMap((item) => {
    if (isMap(item)) return readEntry(file, document, kind, item, parent && { entry: parent, field: lists[name] as string }, issues)
    issues.add('invalid-list', `${name}: expected a map in each place of the list`, sourceOf(file, item))
    return []
  })
}

function readEntry(file: InputFile, document: Document.Parsed, kind: Kind, item: YAMLMap, parent: Entry['parent'], issues: IssueList): readonly Entry[] {
  const nested = NESTED[kind.type] ?? {}
  const fields: Record<string, unknown> = {}
  const words: Record<string, unknown> = {}
  const inner: Pair[] = []
  const extra = kind.type === 'role' ? ['member_of'] : []
  for (const pair of item.items) {
    const key = keyOf(pair)
    const known = [...kind.fields.filter((field) => field !== parent?.field), ...WORDS, ...Object.keys(nested), ...extra]
    if (Object.hasOwn(nested, key)) inner.push(pair)
    else if (WORDS.some((word) => word === key)) words[key] = toValue(pair.value, document)
    else if (known.includes(key)) fields[key] = toValue(pair.value, document)
    else issues.add('unknown-field', `unknown field "${key}" of ${kind.type}${suggestName(key, known) || `; known are ${known.join(', ')}`}`, sourceOf(file, pair.key))
  }
  const entry: Entry = { kind, fields, words, ...(parent && { parent }), source: sourceOf(file, item) }
  return [entry, ...inner.flatMap((pair) => readList(file, document, pair, nested, entry, issues))]
}

function toValue(node: unknown, document: Document.Parsed): unknown {
  return node === null ? null : (node as Node).toJS(document)
}
