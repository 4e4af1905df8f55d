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
