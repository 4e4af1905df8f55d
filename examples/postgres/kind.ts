import type * as z from 'zod'
import type { Fields, Observed, ResourceType, TypeRules } from 'convergent'
import type { CallSubject, Connections, Session } from './connections.ts'
import { isMissing } from './fault.ts'
import { createIdentity, type Identity } from './identity.ts'
import { markDifferences, readComment, showDeclared, writeComment } from './mark.ts'
import { formatId, type Names } from './names.ts'
import { literal, raw, sql, type Sql } from './sql.ts'

/** A change of an object that is there. */
export interface Change<I> {
  /** What it is called, without its database. */
  readonly at: Names
  /** As declared. */
  readonly inputs: I
  /** What changes; null: it is unset. */
  readonly patch: Partial<{ readonly [K in keyof I]: I[K] | null }>
  /** As it is. */
  readonly before: Fields
}

/** Says what a change takes away. */
type Destroys = (change: { readonly path: readonly (string | number)[]; readonly before?: unknown; readonly after?: unknown }, inputs: Fields) => 'object' | 'part' | undefined

/** What a kind of object is: its fields, how the catalogs show it, and the commands that make, change and drop it. */
export interface KindDescription<I> extends Pick<TypeRules, 'immutable' | 'unordered' | 'ignored' | 'sensitive' | 'writeOnly' | 'normalise' | 'replaceable' | 'references' | 'parent'>, Pick<ResourceType, 'idempotent' | 'visibleWithinMs' | 'serialKey'> {
  /** The resource type. */
  readonly type: string
  /** What the input calls a list of them. */
  readonly list: string
  /** The fields. */
  readonly schema: z.ZodType<I> & { readonly shape: Readonly<Record<string, z.ZodType>> }
  /** What it lives in: the field of that name says which. Default: the server. */
  readonly within?: 'database' | 'schema' | 'table'
  /** What it is told apart by, where that is not its name: these fields. */
  readonly key?: readonly (keyof I & string)[]
  /** Its names with its database, where they follow from more than `within` and the key. */
  readonly namesOf?: (fields: Fields, complete: (id: unknown, count: number) => Names | undefined) => Names | undefined
  /** A query of `names` (without the database) and `fields` (JSON) of all of them in one database. */
  readonly catalog: string
  /** Fields that hold ids of objects in the same database, of so many names; the catalog shows the names. */
  readonly ids?: Readonly<Record<string, number>>
  /** Fields that the database shows in its own words. */
  readonly reworded?: readonly string[]
  /** What a change takes away, see `TypeRules.destroys`. */
  readonly destroys?: Destroys
  /** As commands call it: `TABLE "app"."orders"`. Default: it has no name, no owner and no comment. */
  readonly called?: (at: Names) => Sql
  /** Makes it. */
  readonly create: (at: Names, inputs: I) => readonly Sql[]
  /** Changes it; the owner and the comment aside, which are the same for all. */
  readonly alter?: (change: Change<I>) => readonly Sql[]
  /** Takes it away. Default: DROP. */
  readonly drop?: (at: Names, outputs: Fields) => Sql
  /** True: it is made and dropped outside of transactions. */
  readonly atOnce?: boolean
  /** Of these at a time. Default: as many as the run has. */
  readonly concurrency?: number
}

/** One kind of object. */
export interface Kind extends Omit<KindDescription<Fields>, 'schema'> {
  /** Names of its fields. */
  readonly fields: readonly string[]
  /** Makes the resource type for a server. */
  readonly define: (connections: Connections, databases: () => readonly string[]) => ResourceType
}

/** Defines a kind. */
export function defineKind<I extends object>(description: KindDescription<I>): Kind {
  const kind = description as unknown as KindDescription<Fields>
  return { ...kind, fields: Object.keys(kind.schema.shape), define: (connections, databases) => defineType(kind, connections, databases) }
}

interface Row {
  readonly names: Names
  readonly fields: Fields
}

function defineType(kind: KindDescription<Fields>, connections: Connections, databases: () => readonly string[]): ResourceType {
  const { type, immutable = [], normalise = {}, concurrency, idempotent, visibleWithinMs, serialKey } = kind
  const identity = createIdentity(kind, connections.database)
  const called = kind.called ?? (() => raw(''))
  const query = async (session: Session, at: Names | null): Promise<readonly Row[]> =>
    session.query<Row>(sql`SELECT names::text[] AS names, fields FROM (${raw(kind.catalog)}) AS objects WHERE $1::text[] IS NULL OR names::text[] = $1::text[]`, [at])
  const subject = (verb: string, database: string, at: Names = []): CallSubject => ({ verb, database, what: at.length === 0 ? type : `${type} ${formatId(at)}` })
  const show = (row: Row, database: string): Observed => toObserved(kind, identity, row, database)

  /** What is there once a command has been carried out, with a comment that keeps what was declared in other words. */
  const settle = async (session: Session, database: string, at: Names, inputs: Fields, text: unknown): Promise<Observed> => {
    const [row] = await query(session, at)
    if (row === undefined) throw new Error(`${type} ${formatId(at)} is not there after it was written`)
    const shown = identity.qualify(row.fields, database)
    const comment = writeComment((text as string | null | undefined) ?? null, markDifferences(inputs, shown, kind.reworded ?? []))
    if (comment === ((row.fields['comment'] as string | null | undefined) ?? null)) return show(row, database)
    await session.query(sql`COMMENT ON ${called(at)} IS ${literal(comment)}`)
    return show({ ...row, fields: { ...row.fields, comment } }, database)
  }
  const readOne = async (names: Names, verb: string, context: Parameters<ResourceType['read']>[1]): Promise<Observed | undefined> => {
    const { database, at } = identity.locate(names)
    try {
      const [row] = await connections.read(subject(verb, database, at), context, (session) => query(session, at))
      return row && show(row, database)
    } catch (error) {
      // No such database: nothing is in it.
      if (isMissing(error)) return undefined
      throw error
    }
  }
  const change = kind.atOnce === true ? 'changeAtOnce' : 'change'
  // A database that is named no longer is the one of the connection: that is no move.
  const losses: { readonly destroys: Destroys } = { destroys: (made, inputs) => (made.path[0] === 'database' && made.after !== undefined ? 'object' : kind.destroys?.(made, inputs)) }

  return {
    ...rulesOf(kind),
    immutable: [...immutable, ...(kind.within === undefined || kind.within === 'database' ? [] : [kind.within]), 'name'],
    ...losses,
    normalise: { ...identity.normalise, ...normalise },
    schema: kind.schema as unknown as NonNullable<ResourceType['schema']>,
    key: (fields: Fields) => identity.keyOf(fields),
    ...(concurrency !== undefined && { concurrency }),
    ...(idempotent !== undefined && { idempotent }),
    ...(serialKey !== undefined && { serialKey }),
    ...(visibleWithinMs !== undefined && { visibleWithinMs }),
    ...(kind.parent && { listedBy: 'all' as const }),
    async list(_, context) {
      const known = kind.within === undefined && !identity.isLocal ? [connections.database] : databases()
      const lists = await Promise.all(
        known.map(async (database) => {
          try {
            return (await connections.read(subject('list', database), context, (session) => query(session, null))).map((row) => show(row, database))
          } catch (error) {
            if (isMissing(error)) return []
            throw error
          }
        }),
      )
      return lists.flat()
    },
    read: async ({ id }, context) => {
      const names = identity.parse(id)
      return names && readOne(names, 'read', context)
    },
    find: async ({ inputs }, context) => {
      const names = identity.namesOf(inputs as Fields)
      return names && readOne(names, 'find', context)
    },
    create: async ({ inputs }, context) => {
      const { database, at } = identity.locate(identity.namesOf(inputs as Fields) as Names)
      return connections[change](subject('create', database, at), context, async (session) => {
        for (const command of kind.create(at, inputs as Fields)) await session.query(command)
        return settle(session, database, at, inputs as Fields, (inputs as Fields)['comment'])
      })
    },
    update: async ({ id, inputs, patch, before }, context) => {
      const { database, at } = identity.locate(identity.parse(id) as Names)
      return connections.change(subject('update', database, at), context, async (session) => {
        const { owner } = patch
        if (typeof owner === 'string') await session.query(sql`ALTER ${called(at)} OWNER TO ${owner}`)
        for (const command of kind.alter?.({ at, inputs: inputs as Fields, patch, before: before.outputs }) ?? []) await session.query(command)
        return settle(session, database, at, { ...before.outputs, ...inputs }, Object.hasOwn(patch, 'comment') ? patch['comment'] : before.outputs['comment'])
      })
    },
    delete: async ({ id, outputs }, context) => {
      const { database, at } = identity.locate(identity.parse(id) as Names)
      if (kind.atOnce === true) await connections.leave(at[0] as string)
      await connections[change](subject('delete', database, at), context, (session) => session.query(kind.drop?.(at, outputs) ?? sql`DROP ${called(at)}`))
    },
  }
}

/** As the engine sees it: ids in full, what was declared in the words of the declaration, and the comment of people alone. */
function toObserved(kind: KindDescription<Fields>, identity: Identity, { names, fields }: Row, database: string): Observed {
  const { text, marks } = readComment(fields['comment'])
  const full = identity.isLocal ? [database, ...names] : names
  const outputs = { ...showDeclared(identity.qualify(fields, database), marks), ...('comment' in fields && { comment: text }) }
  const parent = kind.parent === undefined ? undefined : (outputs as Fields)[kind.parent.field]
  // Who owns it is recorded: what nobody recorded is somebody else's, wherever it lives.
  return { id: formatId(full), outputs, owned: false, name: formatId(names), ...(typeof parent === 'string' && { parentId: parent }) }
}

function rulesOf({ unordered, ignored, sensitive, writeOnly, replaceable, references, parent }: KindDescription<Fields>): TypeRules {
  return { ...(unordered && { unordered }), ...(ignored && { ignored }), ...(sensitive && { sensitive }), ...(writeOnly && { writeOnly }), ...(replaceable !== undefined && { replaceable }), ...(references && { references }), ...(parent && { parent }) }
}
