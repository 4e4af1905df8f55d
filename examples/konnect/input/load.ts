import { resolve } from 'node:path'
import { isAlias, isMap, isScalar, isSeq, type Document, type YAMLMap } from 'yaml'
import { formatAddress, ref, suggestName, type Resource, type Scope } from 'convergent'
import { toInputs, toReferences, type Conversion } from './convert.ts'
import { readDefaults, readNamespace, type Defaults } from './kongctl.ts'
import { LATER_KINDS, PARENT, inputKinds, type InputKind } from './kinds.ts'
import { Aliases, at, describeNode, hasKey, keyOf } from './nodes.ts'
import { IssueList, sourceOf, type InputFile } from './place.ts'
import { readInputFiles } from './read-files.ts'
import { ScopeBuilder } from './scope.ts'

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
  const files = readInputFiles(paths, options.stdin, issues)
  issues.throwIfAny()
  const loader = new Loader(files, options, issues)
  for (const file of files) for (const document of file.documents) loader.loadDocument(file, document)
  issues.throwIfAny()
  return { desired: loader.desired, scope: loader.scope.build() }
}

/** What an entry stands in. */
interface Surroundings {
  readonly defaults: Defaults
  /** The parent, as the value of the field that names it; absent: the entry names it. */
  readonly parent?: unknown
  /** The ref of the entry of the same kind that it stands below. */
  readonly above?: string
}

const childKinds = inputKinds.filter(({ parentField }) => parentField !== undefined)

class Loader {
  readonly desired: Resource[] = []
  readonly scope = new ScopeBuilder()
  readonly #options: LoadOptions
  readonly #issues: IssueList
  readonly #typesOfRefs = new Map<string, Set<string>>()

  constructor(files: readonly InputFile[], options: LoadOptions, issues: IssueList) {
    this.#options = options
    this.#issues = issues
    for (const file of files) for (const document of file.documents) this.#indexRefs(document, new Aliases(file, document, new IssueList()))
  }

  loadDocument(file: InputFile, document: Document.Parsed): void {
    const { contents } = document
    if (contents === null || (isScalar(contents) && contents.value === null)) return
    if (!isMap(contents)) return this.#issues.add('invalid-file', `expected a map of kinds (portals, apis, …) at the top, found ${describeNode(contents)}`, sourceOf(file, contents))
    const { baseDir, env = {} } = this.#options
    const aliases = new Aliases(file, document, this.#issues)
    const conversion: Conversion = { file, document, root: baseDir === undefined ? resolve(file.folder) : resolve(baseDir), env, issues: this.#issues, aliases, typesOfRefs: this.#typesOfRefs }
    const defaults = readDefaults(conversion, contents)
    this.scope.nameDefault(defaults.namespace)
    for (const pair of contents.items) {
      const name = keyOf(pair)
      if (name === '_defaults') continue
      const kind = inputKinds.find(({ list }) => list === name)
      if (kind === undefined) {
        this.#refuseKind(name, file, pair.key)
        continue
      }
      this.scope.nameKind(kind.type, undefined)
      const entries = this.#entriesOf(conversion, name, pair.value, pair.key)
      // Where no default is written, entries speak for their own namespaces, and an empty list for the built-in one.
      if (kind.isLabelled === true && (defaults.isNamed || entries.length === 0)) this.scope.nameNamespace(kind.type, defaults.namespace)
      for (const entry of entries) this.#loadEntry(conversion, kind, entry, { defaults })
    }
  }

  #refuseKind(name: string, file: InputFile, key: unknown): void {
    const known = [...inputKinds.map(({ list }) => list), '_defaults']
    if (LATER_KINDS.includes(name)) this.#issues.add('unsupported', `the kind "${name}" is not supported yet; known are ${known.join(', ')}`, sourceOf(file, key))
    else this.#issues.add('unknown-kind', `unknown kind "${name}"${suggestName(name, known) || `; known are ${known.join(', ')}`}`, sourceOf(file, key))
  }

  #loadEntry(conversion: Conversion, kind: InputKind, entry: YAMLMap, { defaults, parent, above }: Surroundings): void {
    const { file, aliases } = conversion
    const refNode = aliases.resolve(at(entry, 'ref'))
    const name = isScalar(refNode) ? refNode.value : refNode
    if (typeof name !== 'string' || name === '') return this.#issues.add('missing-ref', `an entry of ${kind.list} needs a ref: a text that is not empty, found ${describeNode(refNode)}`, sourceOf(file, refNode ?? entry))
    const address = formatAddress(kind.type, name)
    const children = kind.type === PARENT.type ? childKinds : []
    this.#checkKeys(conversion, kind, entry, address, children, parent !== undefined)
    const inputs = toInputs(conversion, kind, entry, address)
    const owner = kind.parentField === undefined ? undefined : (parent ?? this.#parentOf(conversion, entry, kind.parentField, address))
    if (owner !== undefined) inputs[PARENT.field] = owner
    if (kind.tree !== undefined && above !== undefined) {
      if (hasKey(entry, kind.tree.field)) this.#issues.add('invalid-field', `it stands below ${above} already; remove ${kind.tree.field}`, sourceOf(file, at(entry, kind.tree.field)), { address, path: [kind.tree.field] })
      inputs[kind.tree.field] = ref(formatAddress(kind.type, above))
    }
    const settings = kind.isLabelled === true ? readNamespace(conversion, entry, defaults) : undefined
    if (settings !== undefined) {
      this.scope.nameNamespace(kind.type, settings.namespace)
      inputs['labels'] = { ...(inputs['labels'] as object | undefined), 'KONGCTL-namespace': settings.namespace, 'KONGCTL-protected': settings.protected ? 'true' : null }
    }
    this.desired.push({ type: kind.type, name, inputs, ...(settings && { protected: settings.protected }), source: sourceOf(file, entry) })
    for (const child of children) {
      const nested = child.nested as string
      if (!hasKey(entry, nested)) continue
      this.scope.nameKind(child.type, address)
      for (const each of this.#entriesOf(conversion, `${address}: ${nested}`, at(entry, nested), entry)) this.#loadEntry(conversion, child, each, { defaults, parent: ref(address) })
    }
    if (kind.tree === undefined || !hasKey(entry, kind.tree.key)) return
    for (const each of this.#entriesOf(conversion, `${address}: ${kind.tree.key}`, at(entry, kind.tree.key), entry))
      this.#loadEntry(conversion, kind, each, { defaults, above: name, ...(owner !== undefined && { parent: owner }) })
  }

  #parentOf(conversion: Conversion, entry: YAMLMap, field: string, address: string): unknown {
    const [name, other] = [field, PARENT.field].filter((each) => hasKey(entry, each))
    if (name === undefined) return void this.#issues.add('missing-parent', `needs ${field}: the ref of the ${PARENT.type} that it belongs to`, sourceOf(conversion.file, entry), { address })
    if (other !== undefined) this.#issues.add('invalid-field', `${name} and ${other} say the same; keep one of them`, sourceOf(conversion.file, at(entry, other)), { address, path: [other] })
    const parent = toReferences(conversion, at(entry, name), name, { type: PARENT.type }, address)
    if (parent === null) return void this.#issues.add('missing-parent', `needs ${field}: the ref of the ${PARENT.type} that it belongs to`, sourceOf(conversion.file, at(entry, name)), { address })
    return parent
  }

  #checkKeys({ file }: Conversion, kind: InputKind, entry: YAMLMap, address: string, children: readonly InputKind[], isInside: boolean): void {
    const nested = children.map((child) => child.nested as string)
    const parentFields = kind.parentField !== undefined && !isInside ? [kind.parentField, PARENT.field] : []
    const known = ['ref', ...kind.fields, ...nested, ...(kind.tree ? [kind.tree.key] : []), ...(kind.isLabelled === true ? ['kongctl'] : []), ...parentFields]
    for (const pair of entry.items) {
      const name = keyOf(pair)
      if (known.includes(name)) continue
      const source = sourceOf(file, pair.key)
      if (name === '_external' || name === '<<' || kind.later?.includes(name) === true) this.#issues.add('unsupported', `${name} is not supported yet`, source, { address })
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
      if (isMap(entry) && !('fileTag' in entry) && !('unsupported' in entry)) return [entry]
      this.#issues.add('invalid-entry', `${what}: expected a map in the list, found ${isMap(entry) ? 'a tag' : describeNode(entry)}`, sourceOf(file, item ?? list))
      return []
    })
  }

  #indexRefs({ contents }: Document.Parsed, aliases: Aliases): void {
    const visit = (kind: InputKind, node: unknown): void => {
      const list = aliases.resolve(node)
      if (!isSeq(list)) return
      for (const item of list.items) {
        const entry = aliases.resolve(item)
        if (!isMap(entry)) continue
        const refNode = aliases.resolve(at(entry, 'ref'))
        const name = isScalar(refNode) ? refNode.value : undefined
        if (typeof name === 'string') this.#typesOfRefs.set(name, (this.#typesOfRefs.get(name) ?? new Set()).add(kind.type))
        if (kind.type === PARENT.type) for (const child of childKinds) visit(child, at(entry, child.nested as string))
        if (kind.tree !== undefined) visit(kind, at(entry, kind.tree.key))
      }
    }
    if (isMap(contents)) for (const kind of inputKinds) visit(kind, at(contents, kind.list))
  }
}
