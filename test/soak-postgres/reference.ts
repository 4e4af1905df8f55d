import type { Fields } from '../../src/core/json.ts'
import type { Resource } from '../../src/core/resource.ts'
import { isMarker } from '../../src/core/value.ts'

type Write = (inputs: Fields, at: (value: unknown) => string) => string

const text = (value: unknown): string => `'${String(value).replaceAll(`'`, `''`)}'`
const list = (value: unknown): string => (value as readonly unknown[]).map(String).join(', ')
const some = (value: unknown, says: string): string => (value === undefined ? '' : says)
const comment = (inputs: Fields, on: string): string => some(inputs['comment'], `COMMENT ON ${on} IS ${text(inputs['comment'])};`)
const property = (value: unknown, name: string): unknown => (value as Fields)[name]

/** How somebody would write it who knows nothing of the library. */
const WRITES: Readonly<Record<string, Write>> = {
  schema: (each, at) => `CREATE SCHEMA ${String(each['name'])} AUTHORIZATION ${at(each['owner'])}; ${comment(each, `SCHEMA ${String(each['name'])}`)}`,
  sequence: (each, at) => {
    const name = `${at(each['schema'])}.${String(each['name'])}`
    return `CREATE SEQUENCE ${name} INCREMENT ${String(each['increment'])} ${some(each['cache'], `CACHE ${String(each['cache'])}`)}; ALTER SEQUENCE ${name} OWNER TO ${at(each['owner'])}; ${comment(each, `SEQUENCE ${name}`)}`
  },
  table: (each, at) => {
    const name = `${at(each['schema'])}.${String(each['name'])}`
    const columns = Object.entries(each['columns'] as Record<string, Fields>)
    const lines = columns.map(([column, { type, identity, nullable, default: value }]) => `${column} ${String(type)} ${some(identity, 'GENERATED ALWAYS AS IDENTITY')} ${some(value, `DEFAULT ${String(value)}`)} ${nullable === false ? 'NOT NULL' : ''}`)
    const comments = columns.map(([column, definition]) => comment(definition, `COLUMN ${name}.${column}`))
    return `CREATE TABLE ${name} (${lines.join(', ')}, PRIMARY KEY (${list(each['primary_key'])})); ALTER TABLE ${name} OWNER TO ${at(each['owner'])}; ${comment(each, `TABLE ${name}`)} ${comments.join(' ')}`
  },
  unique: (each, at) => constraint(each, at, `UNIQUE (${list(each['columns'])})`),
  check: (each, at) => constraint(each, at, `CHECK (${String(each['expression'])})`),
  foreign_key: (each, at) => constraint(each, at, `FOREIGN KEY (${list(each['columns'])}) REFERENCES ${at(each['references'])} ON DELETE ${String(each['on_delete'])}`),
  index: (each, at) => {
    const parts = (each['columns'] as readonly unknown[]).map((part) => (typeof part === 'string' ? part : property(part, 'expression') === undefined ? `${String(property(part, 'column'))} DESC` : `(${String(property(part, 'expression'))})`))
    return `CREATE ${each['unique'] === true ? 'UNIQUE' : ''} INDEX ${String(each['name'])} ON ${at(each['table'])} (${parts.join(', ')}); ${comment(each, `INDEX app.${String(each['name'])}`)}`
  },
  view: (each, at) => {
    const name = `${at(each['schema'])}.${String(each['name'])}`
    return `CREATE VIEW ${name} AS ${String(each['query'])}; ALTER VIEW ${name} OWNER TO ${at(each['owner'])}; ${comment(each, `VIEW ${name}`)}`
  },
  grant: (each, at) => {
    const kind = ['schema', 'sequence', 'table', 'view'].find((word) => each[word] !== undefined) as string
    return `GRANT ${list(each['privileges'])} ON ${kind === 'view' ? 'TABLE' : kind.toUpperCase()} ${at(each[kind])} TO ${at(each['to'])};`
  },
}

function constraint(each: Fields, at: (value: unknown) => string, says: string): string {
  const table = at(each['table'])
  return `ALTER TABLE ${table} ADD CONSTRAINT ${String(each['name'])} ${says}; ${comment(each, `CONSTRAINT ${String(each['name'])} ON ${table}`)}`
}

/** The commands that make what is declared, but for roles and memberships, which a server has once. */
export function writeReference(desired: readonly Resource[]): string {
  const declared = new Map(desired.map((resource) => [`${resource.type}/${resource.name}`, resource]))
  const at = (value: unknown): string => {
    const resource = isMarker(value) && value.kind === 'reference' ? declared.get(value.address) : undefined
    if (resource === undefined) throw new Error(`the reference knows no ${JSON.stringify(value)}`)
    const { schema, name } = resource.inputs
    return schema === undefined ? String(name) : `${at(schema)}.${String(name)}`
  }
  // Grants to roles of before would be lost with a change of the owner: they come last.
  return Object.entries(WRITES).flatMap(([type, write]) => desired.filter((resource) => resource.type === type).map(({ inputs }) => write(inputs, at))).join('\n')
}
