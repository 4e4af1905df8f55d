import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LineCounter, parseAllDocuments, type Document, type ScalarTag } from 'yaml'
import { env } from 'convergent'
import { sourceOf, type InputFile, type IssueList } from './place.ts'

/** `!env NAME`: the environment of the process that performs the action says what it is. */
const envTag: ScalarTag = { tag: '!env', resolve: (name) => env(name) }

/** Reads files, the YAML files of folders in the order of their names, and `-`. */
export function readInputFiles(paths: readonly string[], stdin: string | undefined, issues: IssueList): readonly InputFile[] {
  const names = paths.flatMap((path) => {
    try {
      return path !== '-' && statSync(path).isDirectory() ? readdirSync(path).filter((name) => /\.ya?ml$/.test(name)).sort().map((name) => join(path, name)) : [path]
    } catch (error) {
      issues.add('invalid-file', (error as Error).message, { file: path })
      return []
    }
  })
  if (names.length === 0 && paths.length > 0) issues.add('invalid-file', `no YAML file is in ${paths.join(', ')}`, { file: paths[0] as string })
  return names.map((name) => parseFile(name, name === '-' ? (stdin ?? '') : readFileSync(name, 'utf8'), issues))
}

function parseFile(name: string, text: string, issues: IssueList): InputFile {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, customTags: [envTag], uniqueKeys: true })
  const documents: readonly Document.Parsed[] = 'empty' in parsed ? [] : parsed
  const file = { name, documents, lines }
  for (const document of documents)
    for (const { message, pos } of [...document.errors, ...document.warnings]) issues.add('invalid-yaml', message.split('\n')[0] as string, sourceOf(file, { range: pos }))
  return file
}
