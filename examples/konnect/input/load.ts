import { resolve } from 'node:path'
import { isAlias, isMap, isScalar, isSeq, type Document, type YAMLMap } from 'yaml'
import { formatAddress, ref, suggestName, type Resource, type Scope } from 'convergent'
import { readInputFiles, sourceOf, type InputFile } from '../../parts/input-file.ts'
import { IssueList } from '../../parts/issue-list.ts'
import { at, describeNode, hasKey, keyOf } from '../../parts/nodes.ts'
import { Aliases, atPath, hasPath } from './aliases.ts'
import { toInputs, toReferences, toValue, type Conversion } from './convert.ts'
import { Lookups, readExternal } from './external.ts'
import { indexRefs } from './index-refs.ts'
import { readDefaults, readNamespace, type Defaults } from './kongctl.ts'
import type { InputKind } from './input-kind.ts'
import { LATER_KINDS, childKindsOf, inputKinds } from './kinds.ts'
import { ScopeBuilder } from './scope.ts'
import { customTags, folderOf } from './tags.ts'

/** How to load. */
export interface LoadOptions {
  /** `!file` reads nothing outside of this folder. Default: the folder of each file that names one. */
  readonly baseDir?: string
  /** For `!env`. Default: none is set. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What the path `-` stands for. */
  readonly stdin?: string
}

/**
 * Loads kongctl's declarative YAML: files, folders, or `-`. Throws `declaration` with every issue at once, each with its
 * file and line.
 */
export function loadKonnect(paths: readonly string[], options: LoadOptions = {}): { readonly desired: readonly Resource[]; readonly scope: Scope } {
  const issues = new IssueList()
  const files = readInputFiles(paths, options.stdin, issues, { customTags, leavesAliases: true })
  issues.throwIfAny()
  const loader = new Loader(files, options, issues)
  for (const file of files) for (const document of file.documents) loader.loadDocument(file, document)
  issues.throwIfAny()
  return { desired: loader.desired, scope: loader.scope.build() }
}

/** What an entry stands in. */
interface Surroundings {
  readonly defaults: Defaults
  /** The parent's ref, where the entry is nested in it. */
  readonly inside?: string
  /** The parent, as the value of the field that names it; absent: the entry names it. */
  readonly parent?: unknown
  /** The ref of the entry of the same kind that it stands below. */
  readonly above?: string
}

class Loader {
  readonly scope = new ScopeBuilder()
  readonly #declared: Resource[] = []
  readonly #lookups = new Lookups()
  readonly #options: LoadOptions
  readonly #issues: IssueList
  readonly #typesOfRefs: ReadonlyMap<string, ReadonlySet<string>>

  constructor(files: readonly InputFile[], options: LoadOptions, issues: IssueList) {
    this.#options = options
    this.#issues = issues
    this.#typesOfRefs = indexRefs(files)
  }

  /** What is declared, and what of somebody else it refers to. */
  get desired(): readonly Resource[] {
    return [...this.#declared, ...this.#lookups.resources]
  }

  loadDocument(file: InputFile, document: Document.Parsed): void {
    const { contents } = document
    if (contents === null || (isScalar(contents) && contents.value === null)) return
    if (!isMap(contents)) return this.#issues.add('invalid-file', `expected a map of kinds (portals, apis, …) at the top, found ${describeNode(contents)}`, sourceOf(file, contents))
    const { baseDir, env = {} } = this.#options
    const aliases = new Aliases(file, document, this.#issues)
    const conversion: Conversion = { file, document, root: resolve(baseDir ?? folderOf(file)), env, issues: this.#issues, aliases, typesOfRefs: this.#typesOfRefs, lookups: this.#lookups }
    const defaults = readDefaults(conversion, contents)
    this.scope.nameDefault(defaults.namespace)
    for (const pair of contents.items) {
      const name = keyOf(pair)
      if (name === '_defaults') continue
      if (inputKinds.some(({ list }) => list.startsWith(`${name}.`))) {
        const group = aliases.resolve(pair.value)
        if (isMap(group)) for (const inner of group.items) this.#loadList(conversion, `${name}.${keyOf(inner)}`, inner, defaults)
        else this.#issues.add('invalid-list', `${name}: expected a map of kinds, found ${describeNode(group)}`, sourceOf(file, pair.value ?? pair.key))
      } else this.#loadList(conversion, name, pair, defaults)
    }
  }

  #loadList(conversion: Conversion, name: string, pair: YAMLMap['items'][number], defaults: Defaults): void {
    const kind = inputKinds.find(({ list }) => list === name)
    if (kind === undefined) return this.#refuseKind(name, conversion.file, pair.key)
    const entries = this.#entriesOf(conversion, name, pair.value, pair.key)
    const ours = entries.filter((entry) => !hasKey(entry, '_external'))
    // Who only refers to what others have says nothing of the kind.
    if (ours.length > 0 || entries.length === 0) this.scope.nameKind(kind.type, undefined)
    // Where no default is written, entries speak for their own namespaces, and an empty list for the built-in one.
    if (kind.isLabelled === true && (entries.length === 0 || (defaults.isNamed && ours.length > 0))) this.scope.nameNamespace(kind.type, defaults.namespace)
    for (const entry of entries) this.#loadEntry(conversion, kind, entry, { defaults })
  }

  #refuseKind(name: string, file: InputFile, key: unknown): void {
    const known = [...inputKinds.map(({ list }) => list), '_defaults']
    if (LATER_KINDS.includes(name)) this.#issues.add('unsupported', `the kind "${name}" is not supported yet; known are ${known.join(', ')}`, sourceOf(file, key))
    else this.#issues.add('unknown-kind', `unknown kind "${name}"${suggestName(name, known) || `; known are ${known.join(', ')}`}`, sourceOf(file, key))
  }

  #loadEntry(conversion: Conversion, kind: InputKind, entry: YAMLMap, { defaults, inside, parent, above }: Surroundings): void {
    const { file, aliases } = conversion
    const refNode = aliases.resolve(at(entry, 'ref'))
    // Of what a parent has only one of, the parent's ref is name enough.
    const name = refNode === undefined && kind.holds !== undefined ? inside : isScalar(refNode) ? refNode.value : refNode
    if (typeof name !== 'string' || name === '') return this.#issues.add('missing-ref', `an entry of ${kind.list} needs a ref: a text that is not empty, found ${describeNode(refNode)}`, sourceOf(file, refNode ?? entry))
    const address = formatAddress(kind.type, name)
    const isExternal = hasKey(entry, '_external') && kind.parent === undefined
    this.#checkKeys(conversion, kind, entry, address, parent !== undefined, isExternal)
    if (isExternal) {
      const match = readExternal(conversion, entry, address)
      if (match !== undefined) this.#declared.push({ type: kind.type, name, inputs: match, external: true, source: sourceOf(file, entry) })
    } else this.#declare(conversion, kind, entry, name, { defaults, parent, ...(above !== undefined && { above }) })
    for (const child of childKindsOf(kind.type)) this.#loadChildren(conversion, child, entry, { defaults, inside: name, parent: ref(address) })
    if (kind.tree === undefined || !hasKey(entry, kind.tree.key)) return
    const owner = kind.parent === undefined ? undefined : (parent ?? this.#parentOf(conversion, entry, kind.parent, address))
    for (const each of this.#entriesOf(conversion, `${address}: ${kind.tree.key}`, at(entry, kind.tree.key), entry))
      this.#loadEntry(conversion, kind, each, { defaults, above: name, ...(owner !== undefined && { parent: owner }) })
  }

  #declare(conversion: Conversion, kind: InputKind, entry: YAMLMap, name: string, { defaults, parent, above }: Surroundings): void {
    const address = formatAddress(kind.type, name)
    const source = sourceOf(conversion.file, entry)
    const inputs = toInputs(conversion, kind, entry, address)
    const owner = kind.parent === undefined ? undefined : (parent ?? this.#parentOf(conversion, entry, kind.parent, address))
    if (kind.parent !== undefined && owner !== undefined) inputs[kind.parent.field] = owner
    if (kind.tree !== undefined && above !== undefined) {
      if (hasKey(entry, kind.tree.field)) this.#issues.add('invalid-field', `it stands below ${above} already; remove ${kind.tree.field}`, sourceOf(conversion.file, at(entry, kind.tree.field)), { address, path: [kind.tree.field] })
      inputs[kind.tree.field] = ref(formatAddress(kind.type, above))
    }
    const settings = kind.isLabelled === true ? readNamespace(conversion, entry, defaults) : undefined
    if (settings !== undefined) {
      this.scope.nameNamespace(kind.type, settings.namespace)
      inputs['labels'] = { ...(inputs['labels'] as object | undefined), 'KONGCTL-namespace': settings.namespace, 'KONGCTL-protected': settings.protected ? 'true' : null }
    }
    this.#declared.push({ type: kind.type, name, inputs, ...(settings && { protected: settings.protected }), source })
  }

  #loadChildren(conversion: Conversion, child: InputKind, entry: YAMLMap, surroundings: Surroundings & { readonly inside: string }): void {
    const { nested, holds = 'list', parent } = child
    if (nested === undefined || parent === undefined || !hasPath(entry, nested, conversion.aliases)) return
    const address = formatAddress(parent.type, surroundings.inside)
    this.scope.nameKind(child.type, address)
    const node = atPath(entry, nested, conversion.aliases)
    if (typeof holds === 'object') {
      const value = toValue(conversion, node)
      const source = sourceOf(conversion.file, node ?? entry)
      return void this.#declared.push({ type: child.type, name: surroundings.inside, inputs: { [parent.field]: surroundings.parent, [holds.field]: value }, source })
    }
    const what = `${address}: ${nested}`
    const found = conversion.aliases.resolve(node)
    if (holds === 'entry' && isMap(found)) return this.#loadEntry(conversion, child, found, surroundings)
    if (holds === 'entry') return this.#issues.add('invalid-entry', `${what}: expected a map, found ${describeNode(found)}`, sourceOf(conversion.file, node ?? entry))
    for (const each of this.#entriesOf(conversion, what, node, entry)) this.#loadEntry(conversion, child, each, surroundings)
  }

  #parentOf(conversion: Conversion, entry: YAMLMap, { type, key, field }: NonNullable<InputKind['parent']>, address: string): unknown {
    const [name, other] = [key, field].filter((each) => hasKey(entry, each))
    const missing = (node: unknown): undefined => void this.#issues.add('missing-parent', `needs ${key}: the ref of the ${type} that it belongs to`, sourceOf(conversion.file, node), { address })
    if (name === undefined) return missing(entry)
    if (other !== undefined) this.#issues.add('invalid-field', `${name} and ${other} say the same; keep one of them`, sourceOf(conversion.file, at(entry, other)), { address, path: [other] })
    return toReferences(conversion, at(entry, name), name, { type }, address) ?? missing(at(entry, name))
  }

  #checkKeys({ file }: Conversion, kind: InputKind, entry: YAMLMap, address: string, isInside: boolean, isExternal: boolean): void {
    const nested = childKindsOf(kind.type).flatMap((child) => child.nested?.split('.')[0] ?? [])
    const parentFields = kind.parent !== undefined && !isInside ? [kind.parent.key, kind.parent.field] : []
    const own = isExternal ? ['_external'] : [...kind.fields, ...(kind.tree ? [kind.tree.key] : []), ...(kind.isLabelled === true ? ['kongctl'] : []), ...parentFields]
    const known = ['ref', ...own, ...nested]
    for (const pair of entry.items) {
      const name = keyOf(pair)
      if (known.includes(name)) continue
      const source = sourceOf(file, pair.key)
      if (isExternal && (name === 'kongctl' || kind.fields.includes(name))) this.#issues.add('invalid-external', `${name} has no place beside _external: the object belongs to somebody else and is not changed`, source, { address })
      else if (name === '_external' && kind.parent !== undefined) this.#issues.add('invalid-external', '_external belongs to entries that live in nothing else; name its parent so', source, { address })
      else if (name === '<<' || kind.later?.includes(name) === true) this.#issues.add('unsupported', `${name} is not supported yet`, source, { address })
      else if (name === 'kongctl') this.#issues.add('unknown-field', 'kongctl belongs to the entry that this one lives in; namespace and protection are inherited', source, { address })
      else this.#issues.add('unknown-field', `unknown field "${name}"${suggestName(name, known)}`, source, { address })
    }
  }

  #entriesOf({ file, aliases }: Conversion, what: string, node: unknown, place: unknown): readonly YAMLMap[] {
    const list = aliases.resolve(node)
    if (list === undefined && isAlias(node)) return []
    if (!isSeq(list)) {
      // Nothing is what is left when all entries are commented out, and must not read as "delete them all".
      const hint = describeNode(list) === 'nothing' ? '; write [] to say that there are none' : ''
      this.#issues.add('invalid-list', `${what}: expected a list, found ${describeNode(list)}${hint}`, sourceOf(file, node ?? place))
      return []
    }
    return list.items.flatMap((item) => {
      const entry = aliases.resolve(item)
      if (entry === undefined && isAlias(item)) return []
      const isTag = isMap(entry) && ['fileTag', 'unsupported', 'lookupTag'].some((tag) => tag in entry)
      if (isMap(entry) && !isTag) return [entry]
      this.#issues.add('invalid-entry', `${what}: expected a map in the list, found ${isTag ? 'a tag' : describeNode(entry)}`, sourceOf(file, item ?? list))
      return []
    })
  }
}
