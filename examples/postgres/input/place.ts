import { LineCounter, type Document, type Node } from 'yaml'
import { DeclarationError, type Issue, type Source } from 'convergent'

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

/** Collects all that is wrong, so that one run tells everything. */
export class IssueList {
  readonly #issues: Issue[] = []

  add(code: string, message: string, source: Source, address?: string): void {
    this.#issues.push({ code, message, source, ...(address !== undefined && { address }) })
  }

  /** Throws `declaration` when there is anything in it. */
  throwIfAny(): void {
    if (this.#issues.length > 0) throw new DeclarationError(this.#issues)
  }
}
