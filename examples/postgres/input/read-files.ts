import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ScalarTag } from 'yaml'
import { env } from 'convergent'
import { parseInputFile, type InputFile } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'

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
  return names.map((name) => parseInputFile(name, name === '-' ? (stdin ?? '') : readFileSync(name, 'utf8'), issues, { customTags: [envTag] }))
}
