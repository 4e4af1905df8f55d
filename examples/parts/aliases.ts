import { isAlias, isMap, isSeq, type Alias, type Document, type Node } from 'yaml'

/** An alias (`*name`) of a document, and what it stands for. */
export interface AliasUse {
  readonly alias: Alias
  /** The last node before it with its anchor; undefined where there is none. */
  readonly target: Node | undefined
  /** True where it stands inside of that: it would never end. */
  readonly isInside: boolean
  /** How many nodes stand in its place, with all that other aliases in it stand for. */
  readonly size: number
}

const known = new WeakMap<Document, ReadonlyMap<Alias, AliasUse>>()

/** Every alias of a document. Asking again costs nothing: each is looked for once, in one walk. */
export function listAliases(document: Document): ReadonlyMap<Alias, AliasUse> {
  let uses = known.get(document)
  if (uses === undefined) known.set(document, (uses = walk(document)))
  return uses
}

function walk(document: Document): ReadonlyMap<Alias, AliasUse> {
  const uses = new Map<Alias, AliasUse>()
  const anchors = new Map<string, Node>()
  const sizes = new Map<unknown, number>()
  const open = new Set<unknown>()
  const measureAlias = (alias: Alias): number => {
    const target = anchors.get(alias.source)
    const isInside = open.has(target)
    const size = isInside ? 1 : (sizes.get(target) ?? 1)
    uses.set(alias, { alias, target, isInside, size })
    return size
  }
  const measure = (node: unknown): number => {
    if (isAlias(node)) return measureAlias(node)
    const { anchor } = (node ?? {}) as { readonly anchor?: string }
    if (anchor !== undefined) anchors.set(anchor, node as Node)
    open.add(node)
    const inner = isMap(node) ? node.items.flatMap(({ key, value }) => [key, value]) : isSeq(node) ? node.items : []
    const size = inner.reduce((sum: number, each) => sum + measure(each), 1)
    open.delete(node)
    if (anchor !== undefined) sizes.set(node, size)
    return size
  }
  measure(document.contents)
  return uses
}
