import { isAlias, isMap, type Alias, type Document, type YAMLMap } from 'yaml'
import { sourceOf, type InputFile } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { at, hasKey } from '../../parts/nodes.ts'

/** How many aliases of a document are followed: a few kilobytes of them can stand for more than fits into a machine. */
const MOST_ALIASES = 1000

/** Follows aliases, but neither in circles nor without end. */
export class Aliases {
  readonly #file: InputFile
  readonly #document: Document.Parsed
  readonly #issues: IssueList
  readonly #open = new Set<unknown>()
  #followed = 0

  constructor(file: InputFile, document: Document.Parsed, issues: IssueList) {
    this.#file = file
    this.#document = document
    this.#issues = issues
  }

  /** What a node stands for, where one look is enough; undefined (and an issue) where it cannot be told. */
  resolve(node: unknown): unknown {
    if (!isAlias(node)) return node
    return this.#count(node) ? this.#targetOf(node) : undefined
  }

  /** Reads what an alias stands for with `read`, which may meet aliases in it. */
  follow<T>(node: Alias, read: (target: unknown) => T): T | undefined {
    if (!this.#count(node)) return undefined
    const target = this.#targetOf(node)
    if (target === undefined) return undefined
    if (this.#open.has(target)) return void this.#issues.add('circular-alias', `*${node.source} stands inside of what it stands for`, sourceOf(this.#file, node))
    this.#open.add(target)
    try {
      return read(target)
    } finally {
      this.#open.delete(target)
    }
  }

  #targetOf(node: Alias): unknown {
    const target = node.resolve(this.#document)
    if (target === undefined) this.#issues.add('unknown-alias', `*${node.source}: no anchor &${node.source} stands before it`, sourceOf(this.#file, node))
    return target
  }

  #count(node: Alias): boolean {
    this.#followed += 1
    if (this.#followed === MOST_ALIASES + 1) this.#issues.add('too-many-aliases', `more than ${MOST_ALIASES} aliases (*name) are followed; write some of them out`, sourceOf(this.#file, node))
    return this.#followed <= MOST_ALIASES
  }
}

/** What stands at a dotted path of maps, or undefined. */
export function atPath(map: YAMLMap, path: string, aliases: Aliases): unknown {
  let node: unknown = map
  for (const key of path.split('.')) {
    const inner = aliases.resolve(node)
    node = isMap(inner) ? at(inner, key) : undefined
  }
  return node
}

/** True where the maps have the whole path, also with nothing behind it. */
export function hasPath(map: YAMLMap, path: string, aliases: Aliases): boolean {
  const keys = path.split('.')
  const last = keys.pop() as string
  const inner = keys.length === 0 ? map : aliases.resolve(atPath(map, keys.join('.'), aliases))
  return isMap(inner) && hasKey(inner, last)
}
