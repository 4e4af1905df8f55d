import { isMap, type YAMLMap } from 'yaml'
import { formatAddress, type Fields } from 'convergent'
import type * as z from 'zod'
import { at, describeNode, follow } from '../../parts/nodes.ts'
import { name as nameSchema } from './field-schemas.ts'
import type { EntryType } from './names.ts'
import { describeFound, nodeAt, refuse, type Place } from './place.ts'
import { readFields, readValue } from './read-fields.ts'

/** What is known of an entry before its fields are read. */
export interface EntryHead {
  readonly type: EntryType
  /** `KEY`, or `KEY.name`. */
  readonly id: string
  readonly map: YAMLMap
  readonly place: Place
}

/** A dataset that a recipe names. */
export interface Use {
  /** `PROJECT.name`. */
  readonly id: string
  readonly isOutput: boolean
  /** Where the recipe names it. */
  readonly path: readonly (string | number)[]
}

/** One declared resource, as it stands in a document. */
export interface Entry extends EntryHead {
  /** Undefined: something in it is wrong, and has been told. */
  readonly inputs: Fields | undefined
  readonly words: { readonly adopt?: boolean; readonly protected?: boolean }
  readonly uses: readonly Use[]
}

/** What an entry says, in the terms of the resource. */
export interface Reading {
  readonly inputs: Fields | undefined
  /** What a recipe reads and writes. Default: nothing. */
  readonly uses?: readonly Use[]
}

/** The address of an entry. */
export function addressOf({ type, id }: Pick<Entry, 'type' | 'id'>): string {
  return formatAddress(type, id)
}

/** Reads an entry by its schema, and then by `read`. Without a head it has no name that could be; then the rest is judged, and it is none. */
export function readEntry<S extends z.ZodObject>(map: YAMLMap, place: Place, head: EntryHead | undefined, named: 'name' | 'key', schema: S, read: (head: EntryHead, fields: z.infer<S>) => Reading): readonly Entry[] {
  const fields = readFields(map, schema, place, head === undefined ? { named } : { address: addressOf(head) })
  if (head === undefined) return []
  if (fields === undefined) return [{ ...head, inputs: undefined, words: {}, uses: [] }]
  const { adopt, protected: isProtected } = fields as { readonly adopt?: boolean; readonly protected?: boolean }
  const { inputs, uses = [] } = read(head, fields)
  return [{ ...head, inputs: inputs && dropUnset(inputs), words: { ...(adopt !== undefined && { adopt }), ...(isProtected !== undefined && { protected: isProtected }) }, uses }]
}

/** Tells what is wrong with a field of an entry. Gives nothing, so that a reader can end with it. */
export function refuseField(head: EntryHead, path: readonly (string | number)[], message: string): undefined {
  const { map, place } = head
  const node = nodeAt(map, path, place.document)
  if (!place.unfilled.has(follow(node, place.document))) refuse(place, 'invalid-field', message, node, { address: addressOf(head), path })
}

/** A field of an entry as it was written, for messages. */
export function describeField({ map, place }: EntryHead, path: readonly (string | number)[]): string {
  return describeFound(nodeAt(map, path, place.document), place)
}

/** A node as the map that an entry is; anything else is an issue. */
export function readMap(node: unknown, where: string, expected: string, place: Place): YAMLMap | undefined {
  const map = follow(node, place.document)
  if (isMap(map)) return map
  return void refuse(place, 'invalid-entry', `${where}: expected a map with ${expected}, found ${describeNode(map)}`, node)
}

/** The text that an entry is called by. Undefined where there is none, or one that cannot be: that is an issue. */
export function readName(map: YAMLMap, field: 'name' | 'key', [form, expected]: readonly [form: RegExp, expected: string], what: string, place: Place): string | undefined {
  const node = at(map, field)
  const found = follow(node, place.document)
  const value = readValue(node, nameSchema, place.document)
  if (place.unfilled.has(found)) return undefined
  if (typeof value !== 'string' || value === '') return void refuse(place, 'missing-name', `a ${what} needs a ${field}: a text that is not empty, found ${describeNode(found)}`, node ?? map)
  return form.test(value) ? value : void refuse(place, 'invalid-name', `${field} of a ${what}: ${expected}, found ${describeFound(node, place)}`, node)
}

function dropUnset(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
