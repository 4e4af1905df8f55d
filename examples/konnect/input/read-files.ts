import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { LineCounter, parseAllDocuments, type Document } from 'yaml'
import type { InputFile, IssueList } from './place.ts'
import { customTags } from './tags.ts'

/** Reads and parses files and folders (their `.yaml` and `.yml`, by name); `-` is the text of the standard input. */
export function readInputFiles(paths: readonly string[], stdin: string | undefined, issues: IssueList): readonly InputFile[] {
  const files: InputFile[] = []
  for (const path of paths.flatMap((each) => expandFolder(each, issues))) {
    if (path === '-') files.push(parseFile('-', '.', stdin ?? '', issues))
    else {
      try {
        files.push(parseFile(path, dirname(resolve(path)), readFileSync(path, 'utf8'), issues))
      } catch (error) {
        issues.add('unreadable-file', `cannot be read: ${(error as Error).message}`, { file: path })
      }
    }
  }
  return files
}

function expandFolder(path: string, issues: IssueList): readonly string[] {
  if (path === '-') return [path]
  try {
    if (!statSync(path).isDirectory()) return [path]
    const found = readdirSync(path).filter((name) => /\.ya?ml$/.test(name)).sort()
    if (found.length === 0) issues.add('empty-folder', 'the folder holds no .yaml or .yml file', { file: path })
    return found.map((name) => join(path, name))
  } catch {
    issues.add('missing-file', 'there is no such file or folder', { file: path })
    return []
  }
}

function parseFile(name: string, folder: string, text: string, issues: IssueList): InputFile {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, customTags, prettyErrors: false })
  const documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : []
  for (const document of documents)
    for (const error of [...document.errors, ...document.warnings]) {
      const { line, col } = lines.linePos(error.pos[0])
      issues.add('invalid-yaml', `invalid YAML: ${error.message.split('\n')[0]}`, { file: name, line, column: col })
    }
  return { name, folder, documents, lines }
}
