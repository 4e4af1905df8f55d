import type { Fields } from 'convergent'
import type { KindDescription } from './kind.ts'
import { completeId, formatId, parseId, type Names } from './names.ts'

/** How many names the id of what it lives in has. */
const DEPTHS = { database: 1, schema: 2, table: 3 } as const

/** How the objects of a kind are told apart. */
export interface Identity {
  /** True: it lives in a database, whose name is the first of its names. */
  readonly isLocal: boolean
  /** The names of what is declared or observed; undefined where something of it is not known yet. */
  namesOf(fields: Fields): Names | undefined
  /** The same as one text. */
  keyOf(fields: Fields): string | undefined
  /** The names in an id. */
  parse(id: string): Names | undefined
  /** Where it is, and what it is called there. */
  locate(names: Names): { readonly database: string; readonly at: Names }
  /** What a catalog shows, with ids in full and the field that says what it lives in. */
  qualify(fields: Fields, database: string): Fields
  /** Ids in full, so that `app` and `shop.app` are the same. */
  readonly normalise: Readonly<Record<string, (value: unknown) => unknown>>
}

/** How the objects of a kind are told apart, where the connection is to this database. */
export function createIdentity({ within, key, ids = {}, namesOf: find }: Pick<KindDescription<Fields>, 'within' | 'key' | 'ids' | 'namesOf'>, own: string): Identity {
  const holders = { ...ids, ...(within !== undefined && within !== 'database' && { [within]: DEPTHS[within] }) }
  const complete = (value: unknown, depth: number): unknown => {
    if (Array.isArray(value)) return value.map((each) => complete(each, depth))
    const names = completeId(value, depth, own)
    return names === undefined ? value : formatId(names)
  }
  const namesOf = (fields: Fields): Names | undefined => {
    if (find !== undefined) return find(fields, (value, count) => completeId(value, count, own))
    const prefix = within === undefined ? [] : within === 'database' ? completeId(fields['database'] ?? own, 1, own) : completeId(fields[within], DEPTHS[within], own)
    const rest = (key ?? ['name']).map((field) => fields[field])
    return prefix === undefined || !rest.every((each) => typeof each === 'string') ? undefined : [...prefix, ...rest]
  }
  return {
    isLocal: within !== undefined,
    namesOf,
    keyOf: (fields) => {
      const names = namesOf(fields)
      return names && formatId(names)
    },
    parse: (id) => ((within === undefined ? 0 : DEPTHS[within]) + (key?.length ?? 1) === 1 ? [id] : parseId(id)),
    locate: (names) => (within === undefined ? { database: own, at: names } : { database: names[0] as string, at: names.slice(1) }),
    qualify: (fields, database) => ({
      ...fields,
      ...(within === 'database' && { database }),
      ...Object.fromEntries(Object.keys(holders).map((field) => [field, qualifyNames(fields[field], database)])),
    }),
    normalise: Object.fromEntries(Object.entries(holders).map(([field, depth]) => [field, (value: unknown) => complete(value, depth)])),
  }
}

/** The catalogs show names; several of them where the field holds a list of ids. */
function qualifyNames(value: unknown, database: string): unknown {
  if (!Array.isArray(value)) return value ?? null
  return value.every((each) => typeof each === 'string') ? formatId([database, ...(value as Names)]) : value.map((each) => qualifyNames(each, database))
}
