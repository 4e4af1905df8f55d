import { isMap, isScalar, isSeq, type Document } from 'yaml'
import { sourceOf, type InputFile } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { describeNode, follow, keyOf } from '../../parts/nodes.ts'

/** A document of a file, and where its faults go. */
export interface Place {
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
export function refuse({ file, issues }: Pick<Place, 'file' | 'issues'>, code: string, message: string, node: unknown, { address, path = [] }: About = {}): void {
  issues.add(code, message, sourceOf(file, node), { ...(address !== undefined && { address }), ...(path.length > 0 && { path }) })
}

/** The node at a path inside of another one, or the last one on the way to it. */
export function nodeAt(node: unknown, path: readonly PropertyKey[], document: Document): unknown {
  const [step, ...rest] = path
  const found = follow(node, document)
  if (step === undefined) return node
  const inner = isMap(found) ? found.items.find((pair) => keyOf(pair) === String(step))?.value : isSeq(found) ? found.items[Number(step)] : undefined
  return inner === undefined || inner === null ? node : nodeAt(inner, rest, document)
}

/** The key of a field, in the map at a path inside of another node. */
export function keyAt(node: unknown, path: readonly PropertyKey[], key: string, document: Document): unknown {
  const map = follow(nodeAt(node, path, document), document)
  return isMap(map) ? (map.items.find((pair) => keyOf(pair) === key)?.key ?? map) : map
}

/** A node in a few words, for messages; what a variable stands for is not said. */
export function describeFound(node: unknown, { document }: Pick<Place, 'document'>): string {
  const found = follow(node, document)
  return isScalar(found) && typeof found.value === 'string' && found.source?.includes('{{') === true ? JSON.stringify(found.source) : describeNode(found)
}
