import { dirname, resolve } from 'node:path'
import { isMap, isScalar, isSeq, type Document, type YAMLMap } from 'yaml'
import { suggestName, type Resource, type Scope } from 'convergent'
import { toInputs, toReferences, toValue, type Conversion } from './convert.ts'
import { readDefaults, readNamespace, type KongctlSettings } from './kongctl.ts'
import { PARENT, inputKinds, type InputKind } from './kinds.ts'
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
  return { desired: loader.desired, scope: loader.scope.build(loader.desired) }
}

class Loader {
  readonly desired: Resource[] = []
  readonly scope = new ScopeBuilder()
  readonly #options: LoadOptions
  readonly #issues: IssueList
  readonly #types = new Map<string, string>()

  constructor(files: readonly InputFile[], options: LoadOptions, issues: IssueList) {
    this.#options = options
    this.#issues = issues
    for (const file of files) for (const { contents } of file.documents) if (isMap(contents)) this.#indexRefs(contents)
  }

  loadDocument(file: InputFile, document: Document.Parsed): void {
    const { contents } = document
    if (contents === null) return
    if (!isMap(contents)) return this.#issues.add('invalid-file', 'expected a map of kinds (portals, apis, …) at the top', sourceOf(file, contents))
    const folder = this.#options.baseDir === undefined ? file.folder : resolve(this.#options.baseDir)
    const conversion: Conversion = { file, document, root: file.name === '-' && this.#options.baseDir === undefined ? dirname(resolve('-')) : folder, env: this.#options.env ?? {}, issues: this.#issues, typeOfRef: (name) => this.#types.get(name) }
    const defaults = readDefaults(conversion, contents)
    for (const { key, value } of contents.items) {
      const name = String(isScalar(key) ? key.value : key)
      if (name === '_defaults') continue
      const kind = inputKinds.find(({ list }) => list === name)
      if (kind === undefined) {
        const known = [...inputKinds.map(({ list }) => list), '_defaults']
        this.#issues.add('unknown-kind', `unknown kind "${name}"${suggestName(name, known) || `; known are ${known.join(', ')}`}`, sourceOf(file, key))
        continue
      }
      this.scope.nameKind(kind.type, undefined)
      const entries = this.#entriesOf(conversion, name, value)
      // An empty list says that the namespace has none; entries speak for their own.
      if (kind.isLabelled === true && entries.length === 0) this.scope.nameNamespace(defaults.namespace)
      for (const entry of entries) this.#loadEntry(conversion, kind, entry, defaults, undefined, undefined)
    }
  }

  #loadEntry(conversion: Conversion, kind: InputKind, entry: YAMLMap, defaults: KongctlSettings, parent: string | undefined, above: string | undefined): void {
    const { file } = conversion
    const name = entry.get('ref')
    if (typeof name !== 'string' || name === '') return this.#issues.add('missing-ref', `an entry of ${kind.list} needs a ref: a text that is not empty`, sourceOf(file, entry))
    const address = `${kind.type}/${name}`
    const children = inputKinds.filter(({ parentField }) => kind.type === PARENT.type && parentField === PARENT.type)
    this.#checkKeys(conversion, kind, entry, address, children, parent !== undefined)
    const inputs = toInputs(conversion, kind, entry)
    if (kind.parentField !== undefined) {
      const own = toReferences(toValue(conversion, entry.get(kind.parentField, true) ?? entry.get(PARENT.field, true)), PARENT.type)
      if (parent === undefined && own === undefined) this.#issues.add('missing-parent', `needs ${kind.parentField}: the ref of the ${PARENT.type} that it belongs to`, sourceOf(file, entry), { address })
      inputs[PARENT.field] = parent === undefined ? own : toReferences(parent, PARENT.type)
    }
    if (kind.tree !== undefined && above !== undefined) inputs[kind.tree.field] = toReferences(above, kind.type)
    const settings = kind.isLabelled === true ? readNamespace(conversion, entry, defaults) : undefined
    if (settings !== undefined) {
      this.scope.nameNamespace(settings.namespace)
      inputs['labels'] = { ...(inputs['labels'] as object | undefined), 'KONGCTL-namespace': settings.namespace, 'KONGCTL-protected': settings.protected ? 'true' : null }
    }
    this.desired.push({ type: kind.type, name, inputs, ...(settings && { protected: settings.protected }), source: sourceOf(file, entry) })
    for (const child of children) {
      const nested = entry.get(child.nested as string, true)
      if (nested === undefined) continue
      this.scope.nameKind(child.type, `${PARENT.type}/${name}`)
      for (const each of this.#entriesOf(conversion, `${address}: ${child.nested}`, nested)) this.#loadEntry(conversion, child, each, defaults, name, undefined)
    }
    const below = kind.tree === undefined ? undefined : entry.get(kind.tree.key, true)
    if (below !== undefined) for (const each of this.#entriesOf(conversion, `${address}: ${kind.tree?.key}`, below)) this.#loadEntry(conversion, kind, each, defaults, parent, name)
  }

  #checkKeys({ file }: Conversion, kind: InputKind, entry: YAMLMap, address: string, children: readonly InputKind[], isNested: boolean): void {
    const nested = children.map((child) => child.nested as string)
    const known = ['ref', ...kind.fields, ...nested, ...(kind.tree ? [kind.tree.key] : []), ...(kind.isLabelled === true ? ['kongctl'] : []), ...(kind.parentField !== undefined && !isNested ? [kind.parentField, PARENT.field] : [])]
    for (const { key } of entry.items) {
      const name = String(isScalar(key) ? key.value : key)
      if (known.includes(name)) continue
      const message =
        name === '_external' ? '_external is not supported yet' : name === 'kongctl' ? 'kongctl belongs to the entry that this one lives in; namespace and protection are inherited' : `unknown field "${name}"${suggestName(name, known)}`
      this.#issues.add('unknown-field', message, sourceOf(file, key), { address })
    }
  }

  #entriesOf(conversion: Conversion, what: string, value: unknown): readonly YAMLMap[] {
    const { file } = conversion
    if (value === null || value === undefined || (isScalar(value) && value.value === null)) return []
    if (!isSeq(value)) {
      this.#issues.add('invalid-list', `${what}: expected a list, found ${isMap(value) ? 'a map' : 'a single value'}`, sourceOf(file, value))
      return []
    }
    return value.items.filter((item): item is YAMLMap => {
      if (isMap(item)) return true
      this.#issues.add('invalid-entry', `${what}: expected a map in the list, found ${isSeq(item) ? 'a list' : 'a single value'}`, sourceOf(file, item ?? value))
      return false
    })
  }

  #indexRefs(contents: YAMLMap): void {
    const visit = (kind: InputKind, list: unknown): void => {
      if (!isSeq(list)) return
      for (const entry of list.items) {
        if (!isMap(entry)) continue
        const name = entry.get('ref')
        if (typeof name === 'string' && !this.#types.has(name)) this.#types.set(name, kind.type)
        for (const child of inputKinds) if (child.nested !== undefined && kind.type === PARENT.type) visit(child, entry.get(child.nested, true))
        if (kind.tree !== undefined) visit(kind, entry.get(kind.tree.key, true))
      }
    }
    for (const kind of inputKinds) visit(kind, contents.get(kind.list, true))
  }
}
