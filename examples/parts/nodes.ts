import { isAlias, isMap, isScalar, isSeq, type Document, type Pair, type YAMLMap } from 'yaml'
import { listAliases } from './aliases.ts'

/** The text of a pair's key. */
export function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key)
}

/** What stands at a key of a map, or undefined. */
export function at(map: YAMLMap, key: string): unknown {
  return map.items.find((pair) => keyOf(pair) === key)?.value
}

/** True where the map has the key, also with nothing behind it. */
export function hasKey(map: YAMLMap, key: string): boolean {
  return map.items.some((pair) => keyOf(pair) === key)
}

/** What a node stands for: an alias (`*name`) for what has its anchor, undefined where nothing has. */
export function follow(node: unknown, document: Document): unknown {
  return isAlias(node) ? listAliases(document).get(node)?.target : node
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

/** The basic type of a node, for messages. */
export function describeNode(node: unknown): string {
  if (isMap(node)) return 'a map'
  if (isSeq(node)) return 'a list'
  const value = isScalar(node) ? node.value : node
  if (value === null || value === undefined) return 'nothing'
  return typeof value === 'object' ? 'a tag' : JSON.stringify(value)
}
