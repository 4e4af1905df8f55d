import { isMap, isScalar, isSeq } from 'yaml'
import type { InputFile } from '../../parts/input-file.ts'
import { IssueList } from '../../parts/issue-list.ts'
import { at } from '../../parts/nodes.ts'
import { Aliases, atPath } from './aliases.ts'
import type { InputKind } from './input-kind.ts'
import { childKindsOf, inputKinds } from './kinds.ts'

/** The types of each ref that files declare, to resolve what stands before its declaration. */
export function indexRefs(files: readonly InputFile[]): ReadonlyMap<string, ReadonlySet<string>> {
  const typesOfRefs = new Map<string, Set<string>>()
  for (const file of files)
    for (const document of file.documents) {
      // What is wrong with an alias is said when the entry is loaded.
      const aliases = new Aliases(file, document, new IssueList())
      const visitEntry = (kind: InputKind, node: unknown): void => {
        const entry = aliases.resolve(node)
        if (!isMap(entry)) return
        const refNode = aliases.resolve(at(entry, 'ref'))
        const name = isScalar(refNode) ? refNode.value : undefined
        if (typeof name === 'string') typesOfRefs.set(name, (typesOfRefs.get(name) ?? new Set()).add(kind.type))
        for (const child of childKindsOf(kind.type)) {
          const inner = child.nested === undefined ? undefined : atPath(entry, child.nested, aliases)
          if (child.holds === 'entry') visitEntry(child, inner)
          else visitList(child, inner)
        }
        if (kind.tree !== undefined) visitList(kind, at(entry, kind.tree.key))
      }
      const visitList = (kind: InputKind, node: unknown): void => {
        const list = aliases.resolve(node)
        if (isSeq(list)) for (const item of list.items) visitEntry(kind, item)
      }
      const { contents } = document
      if (isMap(contents)) for (const kind of inputKinds) visitList(kind, atPath(contents, kind.list, aliases))
    }
  return typesOfRefs
}
