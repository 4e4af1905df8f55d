import { isMap, isScalar, type Document } from 'yaml'
import { suggestName } from 'convergent'
import type { InputFile } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { describeNode, keyOf } from '../../parts/nodes.ts'
import type { Entry } from './entry.ts'
import { readFlat } from './flat.ts'
import { FRIENDLY_KEYS, readFriendly } from './friendly.ts'
import { refuse, type Page } from './page.ts'
import { fillPlaceholders, type Environment } from './placeholders.ts'

const FLAT_KEYS = ['resources']
/** Keys that tell what is declared. */
const TELLING = ['project', 'datasets', 'recipes']

/** Reads a document, of whichever format it is; one that says nothing declares nothing. */
export function readDocument(file: InputFile, document: Document, env: Environment, issues: IssueList): readonly Entry[] {
  const { contents } = document
  if (contents === null || (isScalar(contents) && contents.value === null)) return []
  const page: Page = { file, document, issues, unfilled: fillPlaceholders({ file, document, issues }, env) }
  const end = (code: string, message: string, node: unknown): readonly never[] => {
    refuse(page, code, message, node)
    return []
  }
  if (!isMap(contents)) return end('invalid-file', `expected a map with project, datasets and recipes, or with resources, found ${describeNode(contents)}`, contents)
  const keys = contents.items.map(keyOf)
  const told = TELLING.filter((key) => keys.includes(key))
  const isFlat = keys.includes('resources')
  if (isFlat && told.length > 0)
    return end('two-formats', `resources is the flat list, and ${told.join(', ')} the other format; put them into two files, or write --- between them`, contents.items.find((pair) => keyOf(pair) === 'resources')?.key)
  const known = isFlat ? FLAT_KEYS : told.length > 0 ? FRIENDLY_KEYS : [...FRIENDLY_KEYS, ...FLAT_KEYS]
  const unknown = contents.items.filter((pair) => !known.includes(keyOf(pair)))
  for (const pair of unknown) end('unknown-key', `unknown key "${keyOf(pair)}"${suggestName(keyOf(pair), known) || `; a document has ${known.join(', ')}`}`, pair.key)
  if (isFlat) return readFlat(contents, page)
  // What is misspelt may be what is missing.
  if (told.length === 0) return unknown.length > 0 ? [] : end('invalid-file', 'it declares nothing: expected project, datasets and recipes, or resources', contents)
  return readFriendly(contents, page)
}
