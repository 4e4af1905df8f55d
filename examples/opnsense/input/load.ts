import type { Resource } from 'convergent'
import { parseInputFile, readInputFiles, sourceOf, type InputFile } from '../../parts/input-file.ts'
import { IssueList } from '../../parts/issue-list.ts'
import { kinds } from '../kinds.ts'
import { checkEntry } from './check-entry.ts'
import { readEntries, type Entry } from './entry.ts'
import { toInputs } from './refer.ts'

/** How to load. */
export interface LoadOptions {
  /** What the path `-` stands for. */
  readonly stdin?: string
}

/** Loads files, folders, or `-`; names are known over all of them. Throws `declaration` with every issue at once, each with its file and line. */
export function loadOpnsense(paths: readonly string[], { stdin }: LoadOptions = {}): readonly Resource[] {
  const issues = new IssueList()
  return toResources(readInputFiles(paths, stdin, issues), issues)
}

/** The same from a text; `file` is what messages call it. */
export function parseOpnsense(text: string, file = 'input'): readonly Resource[] {
  const issues = new IssueList()
  return toResources([parseInputFile(file, text, issues)], issues)
}

function toResources(files: readonly InputFile[], issues: IssueList): readonly Resource[] {
  // What is no YAML says nothing about what stands in it.
  issues.throwIfAny()
  const entries = files.flatMap((file) => readEntries(file, kinds, issues))
  const declared = indexNames(entries, issues)
  const resources = entries.map((entry): Resource => {
    checkEntry(entry, issues)
    return { type: entry.kind.type, name: entry.name, inputs: toInputs(entry, declared, issues), ...entry.words, source: sourceOf(entry.file, entry.map) }
  })
  issues.throwIfAny()
  return resources
}

function indexNames(entries: readonly Entry[], issues: IssueList): ReadonlyMap<string, ReadonlySet<string>> {
  const firsts = new Map<string, Map<string, Entry>>()
  for (const entry of entries) {
    const { kind: { type }, name, file, map } = entry
    const ofType = firsts.get(type) ?? new Map<string, Entry>()
    firsts.set(type, ofType)
    const first = ofType.get(name)
    if (first === undefined) ofType.set(name, entry)
    else issues.add('duplicate-address', `a ${type} of this name stands in ${first.file.name}, line ${sourceOf(first.file, first.map).line ?? 1} already; rename or remove one of them`, sourceOf(file, map), { address: `${type}/${name}` })
  }
  return new Map([...firsts].map(([type, ofType]) => [type, new Set(ofType.keys())]))
}
