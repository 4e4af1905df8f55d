import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { IssueList } from './issue-list.ts'

/** What is to be parsed. */
export interface InputText {
  /** As it was given, for messages. */
  readonly name: string
  readonly text: string
}

/**
 * Reads files and folders (their `.yaml` and `.yml`, by name); `-` is the text of the standard input. Each is read when
 * it is asked for, so that what is wrong with one file is told in one place; what cannot be read is an issue.
 */
export function* readTexts(paths: readonly string[], stdin: string | undefined, issues: IssueList): Generator<InputText> {
  for (const name of paths.flatMap((path) => expandFolder(path, issues))) {
    const text = name === '-' ? (stdin ?? '') : readText(name, issues)
    if (text !== undefined) yield { name, text }
  }
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
