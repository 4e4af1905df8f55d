import { isMap, isScalar, isSeq, type Document, type YAMLMap, type YAMLSeq } from 'yaml'
import { suggestName } from 'convergent'
import { sourceOf, type InputFile } from '../../parts/input-file.ts'
import type { IssueList } from '../../parts/issue-list.ts'
import { at, describeNode, follow, hasKey, keyOf } from '../../parts/nodes.ts'

/** One document of a file: the node that it speaks of, and the list of what should be on it. */
export interface InputDocument {
  readonly file: InputFile
  readonly document: Document
  readonly map: YAMLMap
  /** `{pool}/{logpoint}`. */
  readonly node: string
  /** What the node is called: in addresses, and in messages. */
  readonly nodeName: string
  readonly list: YAMLSeq
}

/** Keys of a document. */
const TOP = ['pool', 'logpoint', 'node', 'resources']
const FORMS = {
  pool: [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'expected the UUID of a pool'],
  logpoint: [/^[0-9a-f]{32}$/i, 'expected the identifier of a LogPoint, which is 32 hex digits'],
  node: [/^[\w.-]+$/, 'expected a short name of letters, digits, ".", "_" and "-"'],
} as const

/** Reads the heads of a file's documents; a document that says nothing is none. */
export function readDocuments(file: InputFile, issues: IssueList): readonly InputDocument[] {
  return file.documents.flatMap((document): readonly InputDocument[] => {
    const { contents } = document
    if (contents === null || (isScalar(contents) && contents.value === null)) return []
    const refuse = (code: string, message: string, node: unknown): readonly never[] => {
      issues.add(code, message, sourceOf(file, node))
      return []
    }
    if (!isMap(contents)) return refuse('invalid-file', `expected a map with pool, logpoint and resources at the top, found ${describeNode(contents)}`, contents)
    for (const pair of contents.items) if (!TOP.includes(keyOf(pair))) refuse('unknown-key', `unknown key "${keyOf(pair)}"${suggestName(keyOf(pair), TOP) || `; a document has ${TOP.join(', ')}`}`, pair.key)
    const readText = (key: keyof typeof FORMS): string | undefined => {
      const [form, expected] = FORMS[key]
      const node = follow(at(contents, key), document)
      // Hex digits alone may look like a number.
      const text = isScalar(node) && node.value !== null ? String(typeof node.value === 'string' ? node.value : (node.source ?? node.value)) : ''
      if (form.test(text)) return key === 'node' ? text : text.toLowerCase()
      refuse('invalid-head', `${key}: ${expected}, found ${describeNode(node)}`, node ?? contents)
      return undefined
    }
    const [pool, logpoint] = [readText('pool'), readText('logpoint')]
    const name = hasKey(contents, 'node') ? readText('node') : logpoint
    const key = contents.items.find((pair) => keyOf(pair) === 'resources')
    const list = follow(key?.value, document)
    // Nothing is what is left when all entries are commented out, and must not read as "delete them all".
    if (!isSeq(list)) return refuse('invalid-list', `resources: expected a list, found ${describeNode(list)}${describeNode(list) === 'nothing' ? '; write [] to say that there are none' : ''}`, key?.key ?? contents)
    return pool === undefined || logpoint === undefined || name === undefined ? [] : [{ file, document, map: contents, node: `${pool}/${logpoint}`, nodeName: name, list }]
  })
}

/** A name stands for one node, and a node has one name: what is recorded is found by it. */
export function checkNodeNames(documents: readonly InputDocument[], issues: IssueList): void {
  const byName = new Map<string, InputDocument>()
  const byNode = new Map<string, InputDocument>()
  const placeOf = ({ file, map }: InputDocument): string => `${file.name}, line ${sourceOf(file, map).line ?? 1}`
  for (const each of documents) {
    const { node, nodeName, map, document, file } = each
    const source = sourceOf(file, follow(at(map, 'node'), document) ?? map)
    const sameName = byName.get(nodeName)
    const sameNode = byNode.get(node)
    if (sameName !== undefined && sameName.node !== node) issues.add('shared-name', `node "${nodeName}" is another LogPoint (${sameName.node}) in ${placeOf(sameName)}; give one of them another name`, source)
    else if (sameNode !== undefined && sameNode.nodeName !== nodeName) issues.add('second-name', `this LogPoint (${node}) is called "${sameNode.nodeName}" in ${placeOf(sameNode)}, and "${nodeName}" here; write node: ${sameNode.nodeName}`, source)
    if (sameName === undefined) byName.set(nodeName, each)
    if (sameNode === undefined) byNode.set(node, each)
  }
}
