import { isMap, isScalar, isSeq, type Document, type YAMLMap } from 'yaml'
import { suggestName } from 'convergent'
import { sourceOf, type InputFile } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { at, describeNode, follow, keyOf } from '../../parts/nodes.ts'
import type { Kind } from '../kind.ts'
import { readValue } from './read-value.ts'

/** Words that any entry may have besides the fields of its kind. */
export const WORDS = ['adopt', 'protected'] as const

/** Those that an entry has. */
export type EntryWords = { readonly [word in (typeof WORDS)[number]]?: boolean }

/** One declared resource, as it stands in a file. */
export interface Entry {
  readonly kind: Kind
  readonly name: string
  /** As written; an alias, a server and a backend have their name among them. */
  readonly fields: Readonly<Record<string, unknown>>
  /** What is said about the object, and is none of its fields. */
  readonly words: EntryWords
  readonly map: YAMLMap
  readonly file: InputFile
  readonly document: Document
}

/** Keys of a file. */
const TOP = ['resources']

/** Reads the entries of a file; what is none is an issue. */
export function readEntries(file: InputFile, kinds: readonly Kind[], issues: IssueList): readonly Entry[] {
  return file.documents.flatMap((document): readonly Entry[] => {
    const { contents } = document
    if (contents === null || (isScalar(contents) && contents.value === null)) return []
    if (!isMap(contents)) return refuse(issues, 'invalid-file', `expected a map with the key resources at the top, found ${describeNode(contents)}`, file, contents)
    for (const pair of contents.items) if (!TOP.includes(keyOf(pair))) issues.add('unknown-key', `unknown key "${keyOf(pair)}"${suggestName(keyOf(pair), TOP) || '; a file holds resources'}`, sourceOf(file, pair.key))
    const key = contents.items.find((pair) => keyOf(pair) === 'resources')
    if (key === undefined) return []
    const list = follow(key.value, document)
    // Nothing is what is left when all entries are commented out, and must not read as "delete them all".
    if (!isSeq(list)) return refuse(issues, 'invalid-list', `resources: expected a list, found ${describeNode(list)}${describeNode(list) === 'nothing' ? '; write [] to say that there are none' : ''}`, file, key.key)
    return list.items.flatMap((item) => readEntry(item, file, document, kinds, issues))
  })
}

function readEntry(item: unknown, file: InputFile, document: Document, kinds: readonly Kind[], issues: IssueList): readonly Entry[] {
  const map = follow(item, document)
  if (!isMap(map)) return refuse(issues, 'invalid-entry', `resources: expected a map with type and name, found ${describeNode(map)}`, file, item)
  const types = kinds.map(({ type }) => type)
  const type = readValue(at(map, 'type'), 'text', document)
  const name = readValue(at(map, 'name'), 'text', document)
  const kind = kinds.find((each) => each.type === type)
  if (kind === undefined) {
    const problem = typeof type === 'string' ? `unknown type "${type}"${suggestName(type, types) || `; known are ${types.join(', ')}`}` : `needs a type: one of ${types.join(', ')}`
    return refuse(issues, 'unknown-type', problem, file, at(map, 'type') ?? map)
  }
  if (typeof name !== 'string' || name === '') return refuse(issues, 'missing-name', `a ${kind.type} needs a name: a text that is not empty, found ${describeNode(follow(at(map, 'name'), document))}`, file, at(map, 'name') ?? map)
  const fields: Record<string, unknown> = {}
  const words: { -readonly [word in keyof EntryWords]: EntryWords[word] } = {}
  for (const pair of map.items) {
    const field = keyOf(pair)
    if (isWord(field)) {
      const value = readValue(pair.value, 'boolean', document)
      if (typeof value === 'boolean') words[field] = value
      else refuse(issues, 'invalid-field', `${kind.type}/${name}: ${field}: expected true or false, found ${describeNode(follow(pair.value, document))}`, file, pair.value)
      continue
    }
    const isOwn = field !== 'type' && (field !== 'name' || Object.hasOwn(kind.fields, 'name'))
    if (isOwn) fields[field] = readValue(pair.value, kind.fields[field]?.form ?? 'text', document)
  }
  return [{ kind, name, fields, words, map, file, document }]
}

function isWord(field: string): field is (typeof WORDS)[number] {
  return (WORDS as readonly string[]).includes(field)
}

function refuse(issues: IssueList, code: string, message: string, file: InputFile, node: unknown): readonly never[] {
  issues.add(code, message, sourceOf(file, node))
  return []
}
