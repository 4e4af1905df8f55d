import type { Fields, Resource, Source } from 'convergent'
import { parseInputFile, readInputFiles, sourceOf, type InputFile } from '../../parts/input-file.ts'
import { IssueList } from '../../parts/issue-list.ts'
import { nodeAt } from '../../parts/nodes.ts'
import { readDocument } from './document.ts'
import { addressOf, type Entry, type Use } from './entry.ts'
import { projectOf } from './names.ts'
import { refuse } from './page.ts'
import type { Environment } from './placeholders.ts'

/** How to load. */
export interface LoadOptions {
  /** For `{{ env.NAME }}`. Default: none is set. */
  readonly env?: Environment
  /** What the path `-` stands for. */
  readonly stdin?: string
}

/** Loads files, folders, or `-`, of both formats; the documents of all of them are one declaration. Throws `declaration` with every issue at once, each with its file and line. */
export function loadDataiku(paths: readonly string[], { env = {}, stdin }: LoadOptions = {}): readonly Resource[] {
  const issues = new IssueList()
  return toResources(readInputFiles(paths, stdin, issues), env, issues)
}

/** The same from a text; `file` is what messages call it. */
export function parseDataiku(text: string, file = 'input', { env = {} }: Pick<LoadOptions, 'env'> = {}): readonly Resource[] {
  const issues = new IssueList()
  return toResources([parseInputFile(file, text, issues)], env, issues)
}

function toResources(files: readonly InputFile[], env: Environment, issues: IssueList): readonly Resource[] {
  // What is no YAML says nothing about what stands in it.
  issues.throwIfAny()
  const entries = files.flatMap((file) => file.documents.flatMap((document) => readDocument(file, document, env, issues)))
  const declared = indexAddresses(entries)
  checkWriters(entries)
  const dropping = new Set(entries.filter(({ type, inputs }) => type === 'Project' && inputs?.['dropData'] === true).map(({ id }) => id))
  const resources = entries.map((entry): Resource => ({ type: entry.type, name: entry.id, inputs: inheritDropping(entry, dropping), ...listNeeds(entry), ...entry.words, source: sourceOf(entry.page.file, entry.map) }))
  issues.throwIfAny()
  return [...listExternals(entries, declared), ...resources]
}

/** What has to be there first. Inputs name it by its id, which follows from its name: a plan shows it before it exists. */
function listNeeds({ type, id, uses }: Entry): Pick<Resource, 'dependsOn'> {
  if (type === 'Project') return {}
  return { dependsOn: [...new Set([addressOf({ type: 'Project', id: projectOf(id) }), ...uses.map((use) => addressOf({ type: 'Dataset', id: use.id }))])] }
}

/** What a project says of its managed datasets holds for each that does not say otherwise. */
function inheritDropping({ type, id, inputs = {} }: Entry, dropping: ReadonlySet<string>): Fields {
  return type === 'Dataset' && inputs['managed'] === true && inputs['dropData'] === undefined && dropping.has(projectOf(id)) ? { ...inputs, dropData: true } : inputs
}

/** Each address once; a second entry of the same one is an issue. */
function indexAddresses(entries: readonly Entry[]): ReadonlySet<string> {
  const firsts = new Map<string, Entry>()
  for (const entry of entries) {
    const address = addressOf(entry)
    const first = firsts.get(address)
    if (first === undefined) firsts.set(address, entry)
    else refuse(entry.page, 'duplicate-address', `a ${entry.type} of this ${entry.type === 'Project' ? 'key' : 'name'} stands in ${lineOf(first)} already; rename or remove one of them`, entry.map, { address })
  }
  return new Set(firsts.keys())
}

/** A dataset is written by one recipe. */
function checkWriters(entries: readonly Entry[]): void {
  const writers = new Map<string, Entry>()
  for (const entry of entries) {
    for (const { id, path } of entry.uses.filter(({ isOutput }) => isOutput)) {
      const first = writers.get(id)
      if (first === undefined) writers.set(id, entry)
      // Of two recipes with one name, that is all that is wrong.
      else if (first === entry || addressOf(first) !== addressOf(entry)) {
        const message = first === entry ? `Dataset/${id} is an output of this recipe twice; remove one of them` : `Dataset/${id} is written by ${addressOf(first)} (${lineOf(first)}) already; only one recipe can write a dataset`
        refuse(entry.page, 'second-writer', message, nodeAt(entry.map, path, entry.page.document), { address: addressOf(entry), path })
      }
    }
  }
}

/** What is named and not declared, as somebody else's: it has to be on the server. Each once, where it is first named. */
function listExternals(entries: readonly Entry[], declared: ReadonlySet<string>): readonly Resource[] {
  const externals = new Map<string, Resource>()
  const add = (type: 'Project' | 'Dataset', name: string, source: Source): void => {
    const address = addressOf({ type, id: name })
    if (!declared.has(address) && !externals.has(address)) externals.set(address, { type, name, inputs: { id: name }, external: true, source })
  }
  for (const { type, id, uses, map, page } of entries) {
    if (type !== 'Project') add('Project', projectOf(id), sourceOf(page.file, map))
    for (const use of uses) add('Dataset', use.id, sourceOfUse(use, { map, page }))
  }
  return [...externals.values()]
}

function sourceOfUse({ path }: Use, { map, page }: Pick<Entry, 'map' | 'page'>): Source {
  return sourceOf(page.file, nodeAt(map, path, page.document))
}

function lineOf({ page, map }: Entry): string {
  return `${page.file.name}, line ${sourceOf(page.file, map).line ?? 1}`
}
