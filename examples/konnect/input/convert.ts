import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml'
import { env, ref } from 'convergent'
import { CONFIG_NAMES, type InputKind } from './kinds.ts'
import { sourceOf, type InputFile, type IssueList } from './place.ts'
import { EnvTag, FileTag, RefTag, UnsupportedTag, readFileTag } from './tags.ts'

/** What conversion works with. */
export interface Conversion {
  readonly file: InputFile
  readonly document: Document.Parsed
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly issues: IssueList
  /** The type of each declared ref, to resolve `!ref`. */
  readonly typeOfRef: (name: string) => string | undefined
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A YAML node as a plain value, its tags carried out. What cannot be is an issue, and undefined here. */
export function toValue(conversion: Conversion, node: unknown): unknown {
  const { file, document, issues } = conversion
  const at = sourceOf(file, node)
  if (isAlias(node)) return toValue(conversion, node.resolve(document))
  if (isSeq(node)) return node.items.map((item) => toValue(conversion, item))
  if (isMap(node)) {
    if ('unsupported' in node) return void issues.add('unsupported', `${String(node.unsupported)} is not supported yet`, at)
    if ('fileTag' in node) return readTag(conversion, node.fileTag as FileTag, node)
    return Object.fromEntries(node.items.map((pair) => [String(isScalar(pair.key) ? pair.key.value : pair.key), toValue(conversion, pair.value)]))
  }
  const value = isScalar(node) ? node.value : node
  if (value instanceof FileTag) return readTag(conversion, value, node)
  if (value instanceof EnvTag) {
    if (conversion.env[value.name] !== undefined) return env(value.name)
    return void issues.add('unset-variable', `!env ${value.name}: the environment variable is not set`, at)
  }
  if (value instanceof RefTag) {
    const type = conversion.typeOfRef(value.ref)
    if (type === undefined) return void issues.add('dangling-reference', `!ref ${value.ref}: nothing of that ref is declared`, at)
    return value.field === undefined || value.field === 'id' ? ref(`${type}/${value.ref}`) : ref(`${type}/${value.ref}`, ...value.field.split('.'))
  }
  if (value instanceof UnsupportedTag) return void issues.add('unsupported', `${value.tag} is not supported yet`, at)
  return value instanceof Date ? value.toISOString() : value
}

function readTag({ file, root, issues }: Conversion, tag: FileTag, node: unknown): unknown {
  try {
    return readFileTag(tag, file.folder, root)
  } catch (error) {
    return void issues.add('invalid-file', (error as Error).message, sourceOf(file, node))
  }
}

/** The inputs of one entry, under the names of the wire. */
export function toInputs(conversion: Conversion, kind: InputKind, entry: YAMLMap): Record<string, unknown> {
  const inputs: Record<string, unknown> = {}
  for (const field of kind.fields) {
    const node = entry.get(field, true) as Node | undefined
    if (node === undefined) continue
    const value = toValue(conversion, node)
    if (value === undefined) continue
    const target = kind.references?.[field]
    const content = kind.documents?.[field]
    if (target !== undefined) inputs[field] = toReferences(value, target)
    else if (content !== undefined) inputs[field] = { [content]: toText(value, node) }
    else inputs[field] = field === 'configs' ? renameConfigs(value) : value
  }
  return inputs
}

/** A plain ref in a field that refers becomes a reference; an id of the backend stays what it is. */
export function toReferences(value: unknown, type: string): unknown {
  if (Array.isArray(value)) return value.map((each) => toReferences(each, type))
  return typeof value === 'string' && value !== '' && !UUID.test(value) ? ref(`${type}/${value}`) : value
}

/** A specification is sent as text: a file's as it is, what stands in the input as JSON. */
function toText(value: unknown, node: Node): unknown {
  if (typeof value === 'string') return value
  if (isMap(node) && 'content' in (value as object) && Object.keys(value as object).length === 1) return (value as { content: unknown }).content
  return JSON.stringify(value)
}

function renameConfigs(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [CONFIG_NAMES[key] ?? key, child]))
}
