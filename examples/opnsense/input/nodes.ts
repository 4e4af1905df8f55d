import { isAlias, isMap, isScalar, isSeq, type Document, type Pair, type YAMLMap } from 'yaml'
import type { Form } from '../wire-value.ts'

/** The text of a pair's key. */
export function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key)
}

/** What stands at a key of a map, or undefined. */
export function at(map: YAMLMap, key: string): unknown {
  return map.items.find((pair) => keyOf(pair) === key)?.value
}

/** What a node stands for: an alias (`*name`) for what has its anchor, undefined where nothing has. */
export function follow(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node
}

/** The value of a field: a scalar, or a list of such. A number that is meant as a text is as it was written. */
export function readValue(node: unknown, form: Form, document: Document): unknown {
  const found = follow(node, document)
  if (isSeq(found)) return found.items.map((item) => readScalar(follow(item, document), form))
  return readScalar(found, form)
}

function readScalar(node: unknown, form: Form): unknown {
  // Nothing here holds a map, or a list in a list: what does is refused as what it is.
  if (isMap(node)) return {}
  if (isSeq(node)) return []
  if (!isScalar(node)) return node
  const isText = form === 'text' || form === 'list'
  return isText && (typeof node.value === 'number' || typeof node.value === 'bigint') ? (node.source ?? String(node.value)) : node.value
}

/** The basic type of a node, for messages. */
export function describeNode(node: unknown): string {
  if (isMap(node)) return 'a map'
  if (isSeq(node)) return 'a list'
  const value = isScalar(node) ? node.value : node
  return value === null || value === undefined ? 'nothing' : JSON.stringify(value)
}
