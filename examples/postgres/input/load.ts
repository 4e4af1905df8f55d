import { formatAddress, ref, type Fields, type Reference, type Resource } from 'convergent'
import { IssueList } from '../../parts/issue-list.ts'
import { kinds } from '../kinds.ts'
import { formatId, parseId, type Names } from '../names.ts'
import { checkGrants } from './check-grants.ts'
import { addDependencies } from './dependencies.ts'
import { collectEntries, type Entry } from './entries.ts'
import { readInputFiles } from './read-files.ts'

/** How many names an object of a type has, with the database; what is no key has none. */
const DEPTHS: Readonly<Record<string, number>> = { role: 1, database: 1, schema: 2, table: 3, view: 3, sequence: 3 }

/** Fields that name other objects, with the types that may be meant. */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  owner: ['role'], to: ['role'], role: ['role'], member: ['role'], database: ['database'], schema: ['schema'], table: ['table'], view: ['view'], sequence: ['sequence'], references: ['table'], uses: ['table', 'view'],
}

/** An entry that is known by its name. */
export interface Named {
  readonly entry: Entry
  /** Its own name and those of what it lives in; the database is left out where none is named. */
  readonly path: Names
  readonly address: string
}

/**
 * Loads files, folders, or `-`. Names become references where what they name is declared; any other name is taken as it is.
 * Throws `declaration` with every issue at once, each with its file and line.
 */
export function loadPostgres(paths: readonly string[], stdin?: string): readonly Resource[] {
  const issues = new IssueList()
  const files = readInputFiles(paths, stdin, issues)
  issues.throwIfAny()
  const entries = files.flatMap((file) => collectEntries(file, issues)).flatMap(withMemberships)
  issues.throwIfAny()
  const named = entries.flatMap((entry) => nameEntry(entry, issues))
  issues.throwIfAny()
  const addresses = new Set(named.map(({ address }) => address))
  const loaded = addDependencies(named.map((each) => ({ ...each, resource: toResource(each, addresses) })))
  checkGrants(loaded, issues)
  issues.throwIfAny()
  return loaded.map(({ resource }) => resource)
}

/** `member_of` of a role is a membership for each. */
function withMemberships(entry: Entry): readonly Entry[] {
  const { member_of: groups, ...fields } = entry.fields
  const kind = kinds.find(({ type }) => type === 'membership')
  if (groups === undefined || groups === null || kind === undefined) return [entry]
  return [{ ...entry, fields }, ...[groups].flat().map((role): Entry => ({ kind, fields: { role, member: fields['name'] }, words: {}, source: entry.source }))]
}

function nameEntry(entry: Entry, issues: IssueList): readonly Named[] {
  const path = pathOf(entry)
  if (path !== undefined) return [{ entry, path, address: formatAddress(entry.kind.type, formatId(path)) }]
  const needed = [...(entry.kind.within !== undefined && entry.kind.within !== 'database' ? [entry.kind.within] : []), ...(entry.kind.key ?? ['name'])]
  issues.add('missing-name', `an entry of ${entry.kind.list} needs ${needed.join(' and ')}: each a text that is not empty`, entry.source)
  return []
}

/** What tells the entry apart in the input. */
function pathOf({ kind, fields, parent }: Entry): Names | undefined {
  const outer = parent && pathOf(parent.entry)
  if (kind.type === 'grant') {
    const object = parent === undefined ? (['table', 'view', 'sequence', 'schema', 'database'] as const).find((field) => typeof fields[field] === 'string') : (parent.field as 'table')
    const names = outer ?? (object && parseId(String(fields[object])))
    return names === undefined || object === undefined || typeof fields['to'] !== 'string' ? undefined : [object, ...names, fields['to']]
  }
  const holder = kind.within === undefined ? [] : (outer ?? (typeof fields[kind.within] === 'string' ? parseId(fields[kind.within] as string) : kind.within === 'database' ? [] : undefined))
  const own = (kind.key ?? ['name']).map((field) => fields[field])
  return holder === undefined || !own.every((each) => typeof each === 'string' && each !== '') ? undefined : [...holder, ...(own as Names)]
}

function toResource({ entry, path, address }: Named, addresses: ReadonlySet<string>): Resource {
  const { kind, fields, words, parent, source } = entry
  // The names around it say what a shorter name means.
  const around = kind.within === undefined ? [] : kind.type === 'grant' ? path.slice(1, -1) : path.slice(0, -1)
  const resolve = (field: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((each) => resolve(field, each))
    return typeof value === 'string' && Object.hasOwn(REFERENCES, field) ? referTo(value, REFERENCES[field] as readonly string[], around, addresses) : value
  }
  const own = Object.fromEntries(Object.entries(fields).map(([field, value]) => {
    // The schema of an extension is a name of its database's, and no id.
    if (kind.type === 'extension' && field === 'schema') return [field, value]
    return [field, kind.type === 'table' && field === 'columns' ? toColumns(value) : resolve(field, value)]
  }))
  const inputs: Fields = { ...(parent && { [parent.field]: ref(formatAddress(parent.entry.kind.type, formatId(pathOf(parent.entry) as Names))) }), ...own }
  const dependsOn = [words.depends_on ?? []].flat().map(String)
  return {
    type: kind.type,
    name: address.slice(kind.type.length + 1),
    inputs: words.external === true ? Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined)) : inputs,
    source,
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(typeof words.protected === 'boolean' && { protected: words.protected }),
    ...(words.adopt === true && { adopt: true }),
    ...(words.external === true && { external: true }),
  }
}

/** A reference to what is declared under that name; a shorter name is looked for in what stands around. Else the name in full. */
function referTo(value: string, types: readonly string[], around: Names, addresses: ReadonlySet<string>): Reference | string {
  const depth = DEPTHS[types[0] as string] as number
  const names = depth === 1 ? [value] : (parseId(value) ?? [value])
  const outside = around.length >= depth ? around.slice(0, around.length - depth + 1) : around
  const candidates = [names, ...Array.from({ length: depth }, (_, count) => [...around.slice(0, count), ...names])].filter(({ length }) => length === depth || length === depth - 1)
  for (const candidate of candidates)
    for (const type of types) {
      const address = formatAddress(type, formatId(candidate))
      if (addresses.has(address)) return ref(address)
    }
  return depth === 1 ? value : formatId(names.length >= depth - 1 ? names : [...outside.slice(0, depth - 1 - names.length), ...names])
}

function toColumns(columns: unknown): unknown {
  if (typeof columns !== 'object' || columns === null) return columns
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, typeof column === 'string' ? { type: column } : column]))
}
