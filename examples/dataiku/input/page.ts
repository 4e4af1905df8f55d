import { isScalar, type Document } from 'yaml'
import { sourceOf, type InputFile } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { describeNode, follow } from '../../parts/nodes.ts'

/** A document of a file, and where its faults go. */
export interface Page {
  readonly file: InputFile
  readonly document: Document
  readonly issues: IssueList
  /** Texts whose placeholders stand for nothing; that has been told. */
  readonly unfilled: ReadonlySet<unknown>
}

/** What an issue is about, where that is known. */
interface About {
  readonly address?: string | undefined
  readonly path?: readonly (string | number)[]
}

/** Adds an issue with the line of a node. */
export function refuse({ file, issues }: Pick<Page, 'file' | 'issues'>, code: string, message: string, node: unknown, { address, path = [] }: About = {}): void {
  issues.add(code, message, sourceOf(file, node), { ...(address !== undefined && { address }), ...(path.length > 0 && { path }) })
}

/** A node in a few words, for messages; what a variable stands for is not said. */
export function describeFound(node: unknown, { document }: Pick<Page, 'document'>): string {
  const found = follow(node, document)
  return isScalar(found) && typeof found.value === 'string' && found.source?.includes('{{') === true ? JSON.stringify(found.source) : describeNode(found)
}
