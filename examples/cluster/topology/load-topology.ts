import { readFile } from 'node:fs/promises'
import { DeclarationError, suggestName, type Issue, type Source } from 'convergent'
import { LineCounter, isNode, parseDocument, type Document } from 'yaml'
import type * as z from 'zod'
import { checkTopology } from './check-topology.ts'
import { topologySchema, type Topology } from './topology.ts'

type Place = readonly (string | number)[]

/** Reads the one file that describes a cluster. Throws `declaration` with every issue at once, each with its line. */
export async function loadTopology(files: readonly string[], readStdin?: () => Promise<string>): Promise<Topology> {
  const [file] = files
  if (file === undefined || files.length > 1) throw new DeclarationError([{ code: 'invalid-file', message: `a cluster is described by one file, ${files.length} are given; name it with --file` }])
  const text = file === '-' && readStdin !== undefined ? await readStdin() : await readText(file)
  return parseTopology(text, file)
}

/** The same for a text. `file`: what messages call it. */
export function parseTopology(text: string, file: string): Topology {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0)
    throw new DeclarationError(faults.map(({ message, pos }) => ({ code: 'invalid-yaml', message: message.split('\n')[0] as string, source: { file, line: lines.linePos(pos[0]).line } })))
  const sourceOf = (path: Place): Source => findSource(document, lines, file, path)
  const parsed = topologySchema.safeParse(document.toJS())
  if (!parsed.success) throw new DeclarationError(parsed.error.issues.flatMap((issue) => describeIssue(issue, sourceOf)))
  const issues = checkTopology(parsed.data).map(({ code, message, path }): Issue => ({ code, message, path, source: sourceOf(path) }))
  if (issues.length > 0) throw new DeclarationError(issues)
  return parsed.data
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new DeclarationError([{ code: 'invalid-file', message: (error as Error).message }])
  }
}

function describeIssue(issue: z.core.$ZodIssue, sourceOf: (path: Place) => Source): readonly Issue[] {
  const path = issue.path as Place
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(path)
    return issue.keys.map((key) => ({ code: 'unknown-field', message: `there is no field "${key}"${suggestName(key, known) || (known.length > 0 ? `; known are ${known.join(', ')}` : '')}`, path: [...path, key], source: sourceOf([...path, key]) }))
  }
  // A binary is one of three: what its own form says of it is clearer than that none fits.
  if (issue.code === 'invalid_union' && path.at(-1) === 'binary') return [{ code: 'invalid-field', message: 'expected { package } (of npm), { folder } (of each host) or { url, sha256 } (of a .tar.gz); sha256 is 64 hexadecimal digits', path, source: sourceOf(path) }]
  return [{ code: 'invalid-field', message: issue.message, path, source: sourceOf(path) }]
}

/** The fields that are known at a place, as the schema has them. */
function fieldsAt(path: Place): readonly string[] {
  let schema: unknown = topologySchema
  for (const key of path) {
    const { shape, element, valueType } = unwrap(schema)
    schema = shape?.[String(key)] ?? element ?? valueType
  }
  return Object.keys(unwrap(schema).shape ?? {})
}

interface SchemaParts {
  readonly shape?: Readonly<Record<string, unknown>>
  readonly element?: unknown
  readonly valueType?: unknown
}

/** What stands inside defaults, optional and transformed fields. */
function unwrap(schema: unknown): SchemaParts {
  const { def } = (schema ?? {}) as { readonly def?: SchemaParts & { readonly innerType?: unknown; readonly in?: unknown } }
  const inner = def?.innerType ?? def?.in
  return inner === undefined ? (def ?? {}) : unwrap(inner)
}

/** The line of a place, or of the nearest one around it that is there. */
function findSource(document: Document.Parsed, lines: LineCounter, file: string, path: Place): Source {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (!isNode(node) || !node.range) continue
    const { line, col } = lines.linePos(node.range[0])
    return { file, line, column: col }
  }
  return { file }
}
