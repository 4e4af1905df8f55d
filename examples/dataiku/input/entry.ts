import { isMap, type YAMLMap } from 'yaml'
import { formatAddress, type Fields } from 'convergent'
import type * as z from 'zod'
import { at, describeNode, follow, nodeAt } from '../../parts/nodes.ts'
import { name as nameSchema } from './field-schemas.ts'
import type { EntryType } from './names.ts'
import { describeFound, refuse, type Page } from './page.ts'
import { readFields, readValue } from './read-fields.ts'

/** What is known of an entry before its fields are read. */
export interface EntryHead {
  readonly type: EntryType
  /** `KEY`, or `KEY.name`. */
  readonly id: string
  readonly map: YAMLMap
  readonly page: Page
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
export function readEntry<S extends z.ZodObject>(map: YAMLMap, page: Page, head: EntryHead | undefined, named: 'name' | 'key', schema: S, read: (head: EntryHead, fields: z.infer<S>) => Reading): readonly Entry[] {
  const fields = readFields(map, schema, page, head === undefined ? { named } : { address: addressOf(head) })
  if (head === undefined) return []
  if (fields === undefined) return [{ ...head, inputs: undefined, words: {}, uses: [] }]
  const { adopt, protected: isProtected } = fields as { readonly adopt?: boolean; readonly protected?: boolean }
  const { inputs, uses = [] } = read(head, fields)
  return [{ ...head, inputs: inputs && dropUnset(inputs), words: { ...(adopt !== undefined && { adopt }), ...(isProtected !== undefined && { protected: isProtected }) }, uses }]
}

/** Tells what is wrong with a field of an entry. Gives nothing, so that a reader can end with it. */
export function refuseField(head: EntryHead, path: readonly (string | number)[], message: string): undefined {
  const { map, page } = head
  const node = nodeAt(map, path, page.document)
  if (!page.unfilled.has(follow(node, page.document))) refuse(page, 'invalid-field', message, node, { address: addressOf(head), path })
}

/** A field of an entry as it was written, for messages. */
export function describeField({ map, page }: EntryHead, path: readonly (string | number)[]): string {
  return describeFound(nodeAt(map, path, page.document), page)
}

/** A node as the map that an entry is; anything else is an issue. */
export function readMap(node: unknown, where: string, expected: string, page: Page): YAMLMap | undefined {
  const map = follow(node, page.document)
  if (isMap(map)) return map
  return void refuse(page, 'invalid-entry', `${where}: expected a map with ${expected}, found ${describeNode(map)}`, node)
}

/** The text that an entry is called by. Undefined where there is none, or one that cannot be: that is an issue. */
export function readName(map: YAMLMap, field: 'name' | 'key', [form, expected]: readonly [form: RegExp, expected: string], what: string, page: Page): string | undefined {
  const node = at(map, field)
  const found = follow(node, page.document)
  const value = readValue(node, nameSchema, page.document)
  if (page.unfilled.has(found)) return undefined
  if (typeof value !== 'string' || value === '') return void refuse(page, 'missing-name', `a ${what} needs a ${field}: a text that is not empty, found ${describeNode(found)}`, node ?? map)
  return form.test(value) ? value : void refuse(page, 'invalid-name', `${field} of a ${what}: ${expected}, found ${describeFound(node, page)}`, node)
}

function dropUnset(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
