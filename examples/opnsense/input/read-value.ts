import { isMap, isScalar, isSeq, type Document } from 'yaml'
import { follow } from '../../parts/nodes.ts'
import type { Form } from '../wire-value.ts'

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
