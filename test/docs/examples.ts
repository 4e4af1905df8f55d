import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { readSources, root } from '../architecture/sources.ts'

/** A block of code in a document. */
export interface Block {
  /** `README.md:12` or `src/core/reference.ts:9`. */
  readonly place: string
  /** What stands behind the three backticks. */
  readonly tag: string
  readonly code: string
}

/** The fenced blocks of a text. */
export function findBlocks(path: string, text: string): Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const tag = /^\s*(?:\* ?)?```(.+)$/.exec(lines[at] as string)?.[1]
    if (tag === undefined) continue
    const start = at + 1
    const code: string[] = []
    for (at++; at < lines.length && !/^\s*(?:\* ?)?```$/.test(lines[at] as string); at++) code.push(path.endsWith('.ts') ? (lines[at] as string).replace(/^\s*\* ?/, '') : (lines[at] as string))
    blocks.push({ place: `${path}:${start}`, tag: tag.trim(), code: code.join('\n') })
  }
  return blocks
}

/** The blocks of every doc comment under src. */
export function findDocBlocks(): Block[] {
  return readSources('src').flatMap((source) => {
    const comments = [...source.text.matchAll(/\/\*\*[\s\S]*?\*\//g)]
    return comments.flatMap((comment) => {
      const line = source.text.slice(0, comment.index).split('\n').length
      return findBlocks(source.path, comment[0]).map((block) => ({ ...block, place: `${source.path}:${line}` }))
    })
  })
}

/** The blocks of a document of the repository. */
export function readBlocks(path: string): Block[] {
  return findBlocks(path, readFileSync(join(root, path), 'utf8'))
}

/** Turns each `expression // => value` into a check, and gives back how many there are. */
export function toChecks(code: string): { readonly text: string; readonly checks: number } {
  let checks = 0
  const text = code
    .split('\n')
    .map((line) => {
      const parts = /^(\s*)(.+?);?\s+\/\/ => (.+)$/.exec(line)
      if (parts === null) return line
      checks++
      return `${parts[1]}__check(${parts[2]}, ${parts[3]})`
    })
    .join('\n')
  return { text: checks === 0 ? text : `import { expect as __expect } from 'vitest'\nconst __check = (found: unknown, expected: unknown) => __expect(found).toEqual(expected)\n${text}`, checks }
}

/** What is wrong with the types of these files, as the compiler says it. */
export function typeErrors(files: readonly string[]): string[] {
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root)
  const program = ts.createProgram(files, { ...config.options, noEmit: true })
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => `${diagnostic.file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`)
}
