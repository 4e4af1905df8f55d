import { isMap, type YAMLMap } from 'yaml'
import { suggestName } from 'convergent'
import { sourceOf } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { at, describeNode, follow, keyOf } from '../../parts/nodes.ts'
import type { Kind } from '../kind.ts'
import type { InputDocument } from './head.ts'
import { readValue } from './read-value.ts'

/** Words that any entry may have besides the fields of its kind. */
export const WORDS = ['adopt', 'protected', 'moved'] as const

/** What is said about an object, and is none of its fields. */
export interface EntryWords {
  readonly adopt?: boolean
  readonly protected?: boolean
  /** The name that it was recorded under until now. */
  readonly moved?: string
}

/** One declared resource, as it stands in a document. */
export interface Entry {
  readonly kind: Kind
  readonly name: string
  /** As written, its name among them. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly words: EntryWords
  readonly map: YAMLMap
  readonly of: InputDocument
}

/** Reads the entries of a document; what is none is an issue. */
export function readEntries(document: InputDocument, kinds: readonly Kind[], issues: IssueList): readonly Entry[] {
  return document.list.items.flatMap((item) => readEntry(item, document, kinds, issues))
}

function readEntry(item: unknown, of: InputDocument, kinds: readonly Kind[], issues: IssueList): readonly Entry[] {
  const { document, file } = of
  const refuse = (code: string, message: string, node: unknown): readonly never[] => {
    issues.add(code, message, sourceOf(file, node))
    return []
  }
  const map = follow(item, document)
  if (!isMap(map)) return refuse('invalid-entry', `resources: expected a map with type and name, found ${describeNode(map)}`, item)
  const types = kinds.map(({ type }) => type)
  const type = readValue(at(map, 'type'), undefined, document)
  const kind = kinds.find((each) => each.type === type)
  if (kind === undefined) {
    const problem = typeof type === 'string' ? `unknown type "${type}"${suggestName(type, types) || `; known are ${types.join(', ')}`}` : `needs a type: one of ${types.join(', ')}`
    return refuse('unknown-type', problem, at(map, 'type') ?? map)
  }
  const fields = Object.fromEntries(map.items.filter((pair) => !isWord(keyOf(pair))).map((pair) => [keyOf(pair), readValue(pair.value, kind.schema.shape[keyOf(pair)], document)]))
  delete fields['type']
  const { name } = fields
  if (typeof name !== 'string' || name === '') return refuse('missing-name', `a ${kind.type} needs a name: a text that is not empty, found ${describeNode(follow(at(map, 'name'), document))}`, at(map, 'name') ?? map)
  const words: Record<string, unknown> = {}
  for (const pair of map.items) {
    const word = keyOf(pair)
    if (!isWord(word)) continue
    const value = readValue(pair.value, undefined, document)
    const wanted = word === 'moved' ? 'string' : 'boolean'
    if (typeof value === wanted && value !== '' && !(word === 'moved' && value === name)) words[word] = value
    else refuse('invalid-field', `${kind.type}/${of.nodeName}/${name}: ${word}: expected ${word === 'moved' ? 'the other name that it had until now' : 'true or false'}, found ${describeNode(follow(pair.value, document))}`, pair.value)
  }
  return [{ kind, name, fields, words, map, of }]
}

function isWord(field: string): boolean {
  return (WORDS as readonly string[]).includes(field)
}
