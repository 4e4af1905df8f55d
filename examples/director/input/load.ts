import { formatAddress, type Resource } from 'convergent'
import { parseInputFile, readInputFiles, sourceOf, type InputFile } from '../../parts/input-file.ts'
import { IssueList } from '../../parts/issue-list.ts'
import { at } from '../../parts/nodes.ts'
import { kinds } from '../kinds.ts'
import { checkEntry } from './check-entry.ts'
import { readEntries, type Entry } from './entry.ts'
import { checkNodeNames, readDocuments, type InputDocument } from './head.ts'
import { toInputs } from './refer.ts'

/** How to load. */
export interface LoadOptions {
  /** What the path `-` stands for. */
  readonly stdin?: string
}

/** Loads files, folders, or `-`; the documents of all of them are one declaration. Throws `declaration` with every issue at once, each with its file and line. */
export function loadDirector(paths: readonly string[], { stdin }: LoadOptions = {}): readonly Resource[] {
  const issues = new IssueList()
  return toResources(readInputFiles(paths, stdin, issues), issues)
}

/** The same from a text; `file` is what messages call it. */
export function parseDirector(text: string, file = 'input'): readonly Resource[] {
  const issues = new IssueList()
  return toResources([parseInputFile(file, text, issues)], issues)
}

function toResources(files: readonly InputFile[], issues: IssueList): readonly Resource[] {
  // What is no YAML says nothing about what stands in it.
  issues.throwIfAny()
  const documents = files.flatMap((file) => readDocuments(file, issues))
  checkNodeNames(documents, issues)
  const entries = documents.flatMap((document) => readEntries(document, kinds, issues))
  const declared = indexAddresses(entries, issues)
  const resources = entries.map((entry): Resource => {
    const { kind, name, fields, map, of } = entry
    const { moved, ...words } = entry.words
    checkEntry(entry, addressOf(entry, name), issues)
    if (moved !== undefined) checkMoved(entry, moved, declared, issues)
    const find = (type: string, other: string): string | undefined => {
      const address = formatAddress(type, `${of.nodeName}/${other}`)
      return declared.has(address) ? address : undefined
    }
    const inputs = { node: of.node, ...toInputs(fields, kind.names, find) }
    return { type: kind.type, name: `${of.nodeName}/${name}`, inputs, ...words, ...(moved !== undefined && { movedFrom: addressOf(entry, moved) }), source: sourceOf(of.file, map) }
  })
  issues.throwIfAny()
  return [...listNodes(documents), ...resources]
}

/** Only a name that an object can have had, and has no more, is an old one. */
function checkMoved(entry: Entry, moved: string, declared: ReadonlySet<string>, issues: IssueList): void {
  const { kind, map, of } = entry
  const old = addressOf(entry, moved)
  const [issue] = kind.schema.shape['name']?.safeParse(moved).error?.issues ?? []
  const problem = issue !== undefined ? `${issue.message}, found ${JSON.stringify(moved)}` : declared.has(old) ? `${old} is declared itself; only what is not there any more can have moved` : undefined
  if (problem !== undefined) issues.add('invalid-field', problem, sourceOf(of.file, at(map, 'moved')), { address: addressOf(entry, entry.name), path: ['moved'] })
}

/** Each node once, by its first document. */
function listNodes(documents: readonly InputDocument[]): readonly Resource[] {
  const nodes = new Map<string, Resource>()
  for (const { nodeName: name, node, file, map } of documents) {
    if (!nodes.has(name)) nodes.set(name, { type: 'Node', name, inputs: { id: node }, external: true, source: sourceOf(file, map) })
  }
  return [...nodes.values()]
}

function indexAddresses(entries: readonly Entry[], issues: IssueList): ReadonlySet<string> {
  const firsts = new Map<string, Entry>()
  for (const entry of entries) {
    const address = addressOf(entry, entry.name)
    const first = firsts.get(address)
    const place = first && sourceOf(first.of.file, first.map)
    if (place === undefined) firsts.set(address, entry)
    else issues.add('duplicate-address', `a ${entry.kind.type} of this name stands in ${place.file}, line ${place.line ?? 1} already; rename or remove one of them`, sourceOf(entry.of.file, entry.map), { address })
  }
  return new Set(firsts.keys())
}

function addressOf({ kind, of }: Entry, name: string): string {
  return formatAddress(kind.type, `${of.nodeName}/${name}`)
}
