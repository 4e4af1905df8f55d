import { DeclarationError, suggestName, type Issue, type Source } from 'convergent'
import { LineCounter, isNode, parseDocument, type Document } from 'yaml'
import type * as z from 'zod'

/** Where something stands in a document. */
export type Place = readonly (string | number)[]

/** What a document says, and where. */
export interface ParsedYaml<T> {
  readonly data: T
  readonly sourceOf: (path: Place) => Source
}

/** Reads YAML of a form. Throws `declaration` with every issue at once, each with its line. `file`: what messages call it. `explain`: says it better for a place of its own. */
export function parseYaml<Schema extends z.ZodType>(text: string, file: string, schema: Schema, explain: (issue: z.core.$ZodIssue) => string | undefined = () => undefined): ParsedYaml<z.output<Schema>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0)
    throw new DeclarationError(faults.map(({ message, pos }) => ({ code: 'invalid-yaml', message: message.split('\n')[0] as string, source: { file, line: lines.linePos(pos[0]).line } })))
  const sourceOf = (path: Place): Source => findSource(document, lines, file, path)
  const parsed = schema.safeParse(document.toJS())
  if (!parsed.success) throw new DeclarationError(parsed.error.issues.flatMap((issue) => describeIssue(issue, schema, explain, sourceOf)))
  return { data: parsed.data, sourceOf }
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType, explain: (issue: z.core.$ZodIssue) => string | undefined, sourceOf: (path: Place) => Source): readonly Issue[] {
  const path = issue.path as Place
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, path)
    return issue.keys.map((key) => ({ code: 'unknown-field', message: `there is no field "${key}"${suggestName(key, known) || (known.length > 0 ? `; known are ${known.join(', ')}` : '')}`, path: [...path, key], source: sourceOf([...path, key]) }))
  }
  return [{ code: 'invalid-field', message: explain(issue) ?? issue.message, path, source: sourceOf(path) }]
}

/** The fields that are known at a place, as the schema has them. */
function fieldsAt(whole: z.ZodType, path: Place): readonly string[] {
  let schema: unknown = whole
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
