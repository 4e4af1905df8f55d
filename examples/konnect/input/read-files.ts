import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { LineCounter, parseAllDocuments, type Document } from 'yaml'
import { suggestName } from 'convergent'
import type { InputFile, IssueList } from './place.ts'
import { customTags } from './tags.ts'

/** Reads and parses files and folders (their `.yaml` and `.yml`, by name); `-` is the text of the standard input. */
export function readInputFiles(paths: readonly string[], stdin: string | undefined, issues: IssueList): readonly InputFile[] {
  const files: InputFile[] = []
  for (const path of paths.flatMap((each) => expandFolder(each, issues))) {
    if (path === '-') files.push(parseFile('-', '.', stdin ?? '', issues))
    else {
      try {
        files.push(parseFile(path, dirname(resolve(path)), new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)), issues))
      } catch (error) {
        const isText = !(error instanceof TypeError)
        issues.add('unreadable-file', isText ? `cannot be read: ${(error as Error).message}` : 'it is no text (UTF-8)', { file: path })
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
  const documents = parseDocuments(name, text, lines, issues)
  for (const document of documents)
    for (const error of [...document.errors, ...document.warnings]) {
      const { line, col } = lines.linePos(error.pos[0])
      issues.add('invalid-yaml', `invalid YAML: ${explain(error.message)}`, { file: name, line, column: col })
    }
  return { name, folder, documents, lines }
}

function parseDocuments(name: string, text: string, lineCounter: LineCounter, issues: IssueList): readonly Document.Parsed[] {
  try {
    return [...parseAllDocuments(text, { lineCounter, customTags, prettyErrors: false })]
  } catch (error) {
    // The parser recurses: what is nested a thousand deep takes all of its stack.
    issues.add('invalid-yaml', error instanceof RangeError ? 'invalid YAML: it is nested too deeply' : `invalid YAML: ${(error as Error).message}`, { file: name })
    return []
  }
}

function explain(message: string): string {
  const [first = ''] = message.split('\n')
  const tag = /^Unresolved tag: (!\w*)$/.exec(first)?.[1]
  return tag === undefined ? first : `unknown tag ${tag}${suggestName(tag, customTags.map((each) => String(each.tag)))}`
}
