import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseInputFile, type InputFile } from './input-file.ts'
import type { IssueList } from './issue-list.ts'

/** Reads and parses files and folders (their `.yaml` and `.yml`, by name); `-` is the text of the standard input. */
export function readInputFiles(paths: readonly string[], stdin: string | undefined, issues: IssueList): readonly InputFile[] {
  return paths.flatMap((each) => expandFolder(each, issues)).flatMap((path) => {
    const text = path === '-' ? (stdin ?? '') : readText(path, issues)
    return text === undefined ? [] : [parseInputFile(path, text, issues)]
  })
}

function readText(path: string, issues: IssueList): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    return void issues.add('unreadable-file', error instanceof TypeError ? 'it is no text (UTF-8)' : `cannot be read: ${(error as Error).message}`, { file: path })
  }
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
