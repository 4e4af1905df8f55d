import { ref, type Fields, type Resource } from 'convergent'
import type { Named } from './load.ts'

/** An entry with the resource that it declares. */
export interface Loaded extends Named {
  readonly resource: Resource
}

/** Adds the dependencies that no field says: on what makes a foreign key possible, on extensions, and on what SQL mentions. */
export function addDependencies(all: readonly Loaded[]): readonly Loaded[] {
  const ofType = (...types: readonly string[]): readonly Loaded[] => all.filter(({ resource: { type } }) => types.includes(type))
  const extensions = ofType('extension')
  const sequences = ofType('sequence')
  const relations = ofType('table', 'view')
  return all.map((each) => {
    const { resource, path } = each
    const { type, inputs } = resource
    const more: Loaded[] = []
    let { uses } = inputs
    if (['table', 'view', 'index', 'check'].includes(type)) more.push(...extensions.filter((extension) => isTogether(extension, each)))
    if (type === 'extension') more.push(...ofType('schema').filter((schema) => schema.path.at(-1) === inputs['schema'] && isTogether(schema, each)))
    if (type === 'foreign_key') more.push(...ofType('unique').filter(({ resource: { inputs: other } }) => JSON.stringify(other['table']) === JSON.stringify(inputs['references'])))
    if (type === 'table') more.push(...sequences.filter((sequence) => mentions(JSON.stringify(inputs['columns']), sequence)))
    if (type === 'view' && uses === undefined && typeof inputs['query'] === 'string') uses = relations.filter((other) => other !== each && other.path.length === path.length && mentions(inputs['query'] as string, other)).map(({ address }) => ref(address))
    const dependsOn = [...new Set([...(resource.dependsOn ?? []), ...more.map(({ address }) => address)])]
    return { ...each, resource: { ...resource, inputs: withUses(inputs, uses), ...(dependsOn.length > 0 && { dependsOn }) } }
  })
}

function withUses(inputs: Fields, uses: unknown): Fields {
  return Array.isArray(uses) && uses.length > 0 ? { ...inputs, uses } : inputs
}

/** In the same database, as far as the input says. */
function isTogether(a: Loaded, b: Loaded): boolean {
  return databaseOf(a) === databaseOf(b)
}

const DEPTHS: Readonly<Record<string, number>> = { extension: 2, schema: 2, table: 3, view: 3, sequence: 3, unique: 4, check: 4, foreign_key: 4, index: 4 }

function databaseOf({ resource: { type }, path }: Loaded): string | undefined {
  return path.length === DEPTHS[type] ? path[0] : undefined
}

/** True where a text has the name as a word of its own. */
function mentions(text: string, { path }: Loaded): boolean {
  const name = (path.at(-1) as string).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${name}(?![\\p{L}\\p{N}_$])`, 'iu').test(text)
}
