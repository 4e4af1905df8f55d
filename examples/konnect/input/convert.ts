import { isAlias, isMap, isScalar, isSeq, type Document, type YAMLMap } from 'yaml'
import { env, formatAddress, ref, suggestName } from 'convergent'
import { sourceOf, type InputFile } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { at, describeNode, keyOf } from '../../parts/nodes.ts'
import type { Aliases } from './aliases.ts'
import type { InputKind, ReferenceField } from './input-kind.ts'
import { CONFIG_NAMES } from './kinds.ts'
import type { Lookups } from './external.ts'
import { EnvTag, FileTag, LookupTag, RefTag, UnsupportedTag, folderOf, readFileTag } from './tags.ts'

/** What conversion works with. */
export interface Conversion {
  readonly file: InputFile
  readonly document: Document.Parsed
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly issues: IssueList
  readonly aliases: Aliases
  /** The types of each declared ref, to resolve `!ref`. */
  readonly typesOfRefs: ReadonlyMap<string, ReadonlySet<string>>
  readonly lookups: Lookups
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Labels that say who owns an object; `kongctl:` declares them. */
const RESERVED_LABEL = /^kongctl-/i

/** A YAML node as a plain value, its tags carried out. What cannot be is an issue, and undefined here. */
export function toValue(conversion: Conversion, node: unknown, wanted?: string): unknown {
  const { file, issues, aliases } = conversion
  if (isAlias(node)) return aliases.follow(node, (target) => toValue(conversion, target, wanted))
  if (isSeq(node)) return node.items.map((item) => toValue(conversion, item, wanted))
  if (isMap(node)) {
    if ('unsupported' in node) return refuse(conversion, String(node.unsupported), node)
    if ('lookupTag' in node) return lookUp(conversion, node.lookupTag as LookupTag, node, wanted)
    if ('fileTag' in node) return readTag(conversion, node.fileTag as FileTag, node)
    return Object.fromEntries(node.items.map((pair) => [keyOf(pair), toValue(conversion, pair.value)]))
  }
  const value = isScalar(node) ? node.value : node
  if (value instanceof FileTag) return readTag(conversion, value, node)
  if (value instanceof RefTag) return resolveRef(conversion, value, node, wanted)
  if (value instanceof LookupTag) return lookUp(conversion, value, node, wanted)
  if (value instanceof UnsupportedTag) return refuse(conversion, value.tag, node)
  if (typeof value === 'number' && !Number.isFinite(value)) return void issues.add('invalid-field', `expected a finite number, found ${value}`, sourceOf(file, node))
  if (!(value instanceof EnvTag)) return value
  if (value.name.includes('#')) return refuse(conversion, '!env with a part to take out (#)', node)
  if (Object.hasOwn(conversion.env, value.name) && conversion.env[value.name] !== undefined) return env(value.name)
  return void issues.add('unset-variable', value.name === '' ? '!env needs the name of an environment variable' : `!env ${value.name}: the environment variable is not set`, sourceOf(file, node))
}

function lookUp({ file, issues, lookups }: Conversion, tag: LookupTag, node: unknown, wanted: string | undefined): unknown {
  if (wanted !== undefined) return lookups.refer(wanted, tag.match)
  return void issues.add('misplaced-lookup', '!lookup belongs where another object is referred to: this field takes a plain value', sourceOf(file, node))
}

function refuse({ file, issues }: Conversion, what: string, node: unknown): undefined {
  issues.add('unsupported', `${what} is not supported yet`, sourceOf(file, node))
  return undefined
}

function resolveRef({ file, issues, typesOfRefs }: Conversion, tag: RefTag, node: unknown, wanted: string | undefined): unknown {
  const fault = (code: string, message: string): undefined => void issues.add(code, `!ref ${tag.ref}: ${message}`, sourceOf(file, node))
  const types = [...(typesOfRefs.get(tag.ref) ?? [])]
  const [type] = wanted === undefined ? types : types.filter((each) => each === wanted)
  if (types.length === 0) return fault('dangling-reference', `nothing of that ref is declared${suggestName(tag.ref, typesOfRefs.keys())}`)
  if (type === undefined) return fault('wrong-reference', `expected the ref of one of type ${wanted}, found one of type ${types.join(', ')}`)
  if (wanted === undefined && types.length > 1) return fault('ambiguous-reference', `it is the ref of more than one entry, of types ${types.join(', ')}; rename one of them`)
  return ref(formatAddress(type, tag.ref), ...(tag.field === undefined || tag.field === 'id' ? [] : tag.field.split('.')))
}

function readTag({ file, root, issues }: Conversion, tag: FileTag, node: unknown): unknown {
  try {
    return readFileTag(tag, folderOf(file), root)
  } catch (error) {
    return void issues.add('invalid-file', (error as Error).message, sourceOf(file, node))
  }
}

/** The inputs of one entry, under the names of the wire. */
export function toInputs(conversion: Conversion, kind: InputKind, entry: YAMLMap, address: string): Record<string, unknown> {
  const inputs: Record<string, unknown> = {}
  for (const field of kind.fields) {
    const node = at(entry, field)
    if (node === undefined) continue
    const reference = kind.references?.[field]
    const content = kind.documents?.[field]
    let value: unknown
    if (reference !== undefined) value = toReferences(conversion, node, field, reference, address)
    else if (content !== undefined) value = toDocument(conversion, node, field, content, address)
    else if (field === 'labels') value = toLabels(conversion, node, address)
    else value = field === 'configs' ? renameConfigs(toValue(conversion, node)) : toFields(conversion, kind, node, field, address)
    if (value !== undefined) inputs[field] = value
  }
  return inputs
}

/** A value in which some fields may name other entries. */
function toFields(conversion: Conversion, { references = {} }: InputKind, node: unknown, field: string, address: string): unknown {
  const inner = Object.entries(references).filter(([path]) => path.startsWith(`${field}.`))
  const map = inner.length === 0 ? undefined : conversion.aliases.resolve(node)
  if (!isMap(map)) return toValue(conversion, node)
  return Object.fromEntries(
    map.items.map((pair) => {
      const reference = references[`${field}.${keyOf(pair)}`]
      return [keyOf(pair), reference === undefined ? toValue(conversion, pair.value) : toReferences(conversion, pair.value, `${field}.${keyOf(pair)}`, reference, address)]
    }),
  )
}

/** A plain ref in a field that refers becomes a reference; an id of the backend stays what it is. */
export function toReferences(conversion: Conversion, node: unknown, field: string, { type, isList = false }: ReferenceField, address: string): unknown {
  const value = toValue(conversion, node, type)
  if (value === undefined || value === null) return value
  const wrong = (found: unknown): undefined =>
    void conversion.issues.add('invalid-field', `expected ${isList ? 'a list of refs' : 'a ref'} (text), found ${describeValue(found)}`, sourceOf(conversion.file, node), { address, path: field.split('.') })
  const toReference = (each: unknown): unknown => {
    if (typeof each === 'string' && each !== '') return UUID.test(each) ? each : ref(formatAddress(type, each))
    return isMarker(each) || each === undefined ? each : wrong(each)
  }
  if (isList) return Array.isArray(value) ? value.map(toReference).filter((each) => each !== undefined) : wrong(value)
  return Array.isArray(value) ? wrong(value) : toReference(value)
}

/** True for what `ref` and `env` make: the only objects in a converted value that are no plain maps. */
function isMarker(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a map' : JSON.stringify(value)
}

function toLabels(conversion: Conversion, node: unknown, address: string): unknown {
  const { file, issues, aliases } = conversion
  const map = aliases.resolve(node)
  if (isScalar(map) && map.value === null) return undefined
  const value = toValue(conversion, node)
  if (value === undefined) return undefined
  if (typeof value !== 'object' || Array.isArray(value) || isMarker(value)) return void issues.add('invalid-field', `expected a map of texts, found ${isMarker(value) ? 'a tag' : describeValue(value)}`, sourceOf(file, node), { address, path: ['labels'] })
  for (const pair of isMap(map) ? map.items : [])
    if (RESERVED_LABEL.test(keyOf(pair))) issues.add('reserved-label', `the label "${keyOf(pair)}" is set by kongctl: {namespace, protected}; remove it here`, sourceOf(file, pair.key), { address, path: ['labels', keyOf(pair)] })
  return value
}

/** A specification is sent as text: a file's as it is, what stands in the input as JSON. */
function toDocument(conversion: Conversion, node: unknown, field: string, content: string, address: string): unknown {
  const { file, issues, aliases } = conversion
  const found = aliases.resolve(node)
  const isWrapped = isMap(found) && found.items.length === 1 && found.items[0] !== undefined && keyOf(found.items[0]) === content
  const inner = isWrapped ? at(found, content) : node
  const value = toValue(conversion, inner)
  if (value === undefined) return undefined
  const wrong = (message: string): undefined => void issues.add('invalid-field', message, sourceOf(file, inner ?? node), { address, path: [field] })
  if (typeof value === 'string' || isMarker(value)) return { [content]: value }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(`expected a specification (a text, a map or !file), found ${isScalar(inner) ? describeNode(inner) : describeValue(value)}`)
  let hasMarker = false
  const text = JSON.stringify(value, (key, each: unknown) => {
    if (key === '$convergent') hasMarker = true
    return each
  })
  return hasMarker ? wrong('a specification is sent as text: !env and !ref have no place in it') : { [content]: text }
}

function renameConfigs(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isMarker(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [CONFIG_NAMES[key] ?? key, child]))
}
