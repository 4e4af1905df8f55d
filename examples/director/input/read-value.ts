import { isMap, isScalar, isSeq, type Document } from 'yaml'
import { follow, keyOf } from '../../parts/nodes.ts'
import { elementOf, fieldsOf, isText } from '../shape.ts'

/** What a node of a file says, as far as the schema has it: where a text is wanted, a number is as it was written. */
export function readValue(node: unknown, schema: unknown, document: Document): unknown {
  const found = follow(node, document)
  if (isMap(found)) {
    const fields = fieldsOf(schema)
    return Object.fromEntries(found.items.map((pair) => [keyOf(pair), readValue(pair.value, fields?.[keyOf(pair)], document)]))
  }
  if (isSeq(found)) {
    const element = elementOf(schema)
    return found.items.map((item) => readValue(item, element, document))
  }
  if (!isScalar(found)) return found
  const isNumber = typeof found.value === 'number' || typeof found.value === 'bigint'
  return isNumber && isText(schema) ? (found.source ?? String(found.value)) : found.value
}

/** The node at a place inside of another one, or the last one on the way to it. */
export function nodeAt(node: unknown, path: readonly PropertyKey[], document: Document): unknown {
  const [step, ...rest] = path
  const found = follow(node, document)
  if (step === undefined) return node
  const inner = isMap(found) ? found.items.find((pair) => keyOf(pair) === String(step))?.value : isSeq(found) ? found.items[Number(step)] : undefined
  return inner === undefined || inner === null ? node : nodeAt(inner, rest, document)
}

/** The key of a field, in the map at a place inside of another node. */
export function keyAt(node: unknown, path: readonly PropertyKey[], key: string, document: Document): unknown {
  const map = follow(nodeAt(node, path, document), document)
  return isMap(map) ? (map.items.find((pair) => keyOf(pair) === key)?.key ?? map) : map
}
