import { LineCounter, parseAllDocuments, visit, type Document, type Node } from 'yaml'
import type { Source } from 'convergent'
import type { IssueList } from './issue-list.ts'

/** A parsed file, with what is needed to say where something stands in it. */
export interface InputFile {
  /** As it was given, for messages. */
  readonly name: string
  readonly documents: readonly Document.Parsed[]
  readonly lines: LineCounter
}

/** Where a node stands. */
export function sourceOf(file: InputFile, node: unknown): Source {
  const offset = (node as Node | null | undefined)?.range?.[0]
  if (offset === undefined) return { file: file.name }
  const { line, col } = file.lines.linePos(offset)
  return { file: file.name, line, column: col }
}

/** Parses a text; what is no YAML is an issue. */
export function parseInputFile(name: string, text: string, issues: IssueList): InputFile {
  const lines = new LineCounter()
  const documents = parseDocuments(name, text, lines, issues)
  const file = { name, documents, lines }
  for (const document of documents) {
    for (const { message, pos } of [...document.errors, ...document.warnings]) {
      const { line, col } = lines.linePos(pos[0])
      issues.add('invalid-yaml', `invalid YAML: ${message.split('\n')[0] ?? ''}`, { file: name, line, column: col })
    }
    visit(document, {
      Alias: (_, node) => {
        if (node.resolve(document) === undefined) issues.add('unknown-alias', `*${node.source}: no anchor &${node.source} stands before it`, sourceOf(file, node))
      },
    })
  }
  return file
}

function parseDocuments(name: string, text: string, lineCounter: LineCounter, issues: IssueList): readonly Document.Parsed[] {
  try {
    return [...parseAllDocuments(text, { lineCounter, prettyErrors: false })]
  } catch (error) {
    // The parser recurses: what is nested a thousand deep takes all of its stack.
    issues.add('invalid-yaml', error instanceof RangeError ? 'invalid YAML: it is nested too deeply' : `invalid YAML: ${(error as Error).message}`, { file: name })
    return []
  }
}
