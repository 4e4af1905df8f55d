import * as z from 'zod'
import { ProviderError } from 'convergent'
import { losesData } from './column-type.ts'
import { changeType } from './change-type.ts'
import type { Change } from './kind.ts'
import { name, text, type Names } from './names.ts'
import { given, join, literal, raw, sql, type Sql } from './sql.ts'

const expression = text.min(1)

/** A column of a table; one of nothing is none. */
const column = z
  .strictObject({
    type: text.min(1).regex(/^(?!(big|small)?serial\b)/i, 'serial is no type: say identity, or a default from a sequence').optional(),
    nullable: z.boolean().optional(),
    default: expression.optional(),
    identity: z.enum(['always', 'by default']).optional(),
    generated: expression.optional(),
    comment: text.min(1).optional(),
    using: expression.optional(),
  })
  .refine(({ type, ...rest }) => type !== undefined || Object.values(rest).every((value) => value === undefined), 'has no type')
  .refine((fields) => [fields.default, fields.identity, fields.generated].filter((each) => each !== undefined).length < 2, 'has more than one of default, identity and generated')

/** Columns by their names. */
export const columns = z.record(z.string(), column).superRefine((each, context) => {
  for (const key of Object.keys(each)) for (const { message } of name.safeParse(key).error?.issues ?? []) context.addIssue({ code: 'custom', path: [key], message: `this name ${message}` })
})

/** A column as declared. */
export type Column = z.infer<typeof column>
/** Null: there is to be none. */
type Columns = Readonly<Record<string, Column | null>>
type TypedColumn = Column & { readonly type: string }

/** The columns that there are to be. */
export function listColumns(columns: Columns): readonly (readonly [string, TypedColumn])[] {
  return Object.entries(columns).flatMap(([name, definition]) => (typeof definition?.type === 'string' ? [[name, { ...definition, type: definition.type }] as const] : []))
}

/** A column as CREATE TABLE and ADD COLUMN have it. */
export function describeColumn(name: string, { type, nullable, default: value, identity, generated }: TypedColumn): Sql {
  return join([
    sql`${name} ${raw(type)}`,
    ...given(value, (says) => sql`DEFAULT ${raw(says)}`),
    ...given(identity, (when) => sql`GENERATED ${raw(when.toUpperCase())} AS IDENTITY`),
    ...given(generated, (says) => sql`GENERATED ALWAYS AS (${raw(says)}) STORED`),
    ...(nullable === false ? [raw('NOT NULL')] : []),
  ], ' ')
}

/** Comments on columns that have one. */
export function commentOnColumns(at: Names, columns: Columns): readonly Sql[] {
  return Object.entries(columns).flatMap(([name, definition]) => given(definition?.comment, (says) => commentOn(at, name, says)))
}

/** True where a column's change of type may lose values, and nobody says how to convert them. */
export function isLossy(before: unknown, after: unknown, declared: unknown): boolean {
  const { using, generated } = (declared ?? {}) as Partial<Column>
  return using === undefined && generated === undefined && (typeof before !== 'string' || typeof after !== 'string' || losesData(before, after))
}

/** The commands that bring columns and the primary key to what is declared. */
export function alterColumns({ at, inputs, patch, before }: Change<{ readonly columns: Columns; readonly primary_key?: Names | undefined }>): readonly Sql[] {
  const there = (before['columns'] ?? {}) as Readonly<Record<string, Partial<Record<keyof Column, unknown>>>>
  const wanted = new Map(listColumns(inputs.columns))
  const keyName = before['primary_key_name']
  const changesKey = patch.primary_key !== undefined
  return [
    ...(changesKey && typeof keyName === 'string' ? [sql`ALTER TABLE ${at} DROP CONSTRAINT ${keyName}`] : []),
    ...Object.entries((patch.columns ?? {}) as Readonly<Record<string, { readonly [K in keyof Column]?: Column[K] | null } | null>>).flatMap(([name, change]) => {
      const declared = wanted.get(name)
      const alter = (rest: Sql): Sql => sql`ALTER TABLE ${at} ALTER COLUMN ${name} ${rest}`
      const add = (): readonly Sql[] => (declared === undefined ? [] : [sql`ALTER TABLE ${at} ADD COLUMN ${describeColumn(name, declared)}`, ...commentOnColumns(at, { [name]: declared })])
      if (change === null || declared === undefined) return [sql`ALTER TABLE ${at} DROP COLUMN ${name}`]
      if (!Object.hasOwn(there, name)) return add()
      if (typeof change.generated === 'string' && there[name]?.generated == null) throw new ProviderError('fatal', `column ${name} holds data, and a computed one holds none of its own: declare it under another name`)
      // What is computed holds nothing of its own.
      if (typeof change.generated === 'string' || (declared.generated !== undefined && 'type' in change)) return [sql`ALTER TABLE ${at} DROP COLUMN ${name}`, ...add()]
      const isKey = inputs.primary_key?.includes(name) === true
      return alterColumn(alter, name, isKey && change.nullable === null ? { ...change, nullable: false } : change, declared, there[name] ?? {}, at)
    }),
    ...(changesKey && inputs.primary_key !== undefined ? [sql`ALTER TABLE ${at} ADD PRIMARY KEY (${join(inputs.primary_key)})`] : []),
  ]
}

/** What changes of a column that stays; null: it is unset. */
function alterColumn(alter: (rest: Sql) => Sql, name: string, change: { readonly [K in keyof Column]?: Column[K] | null }, declared: Column, there: Partial<Record<keyof Column, unknown>>, at: Names): readonly Sql[] {
  const { type, nullable, default: value, identity, generated, comment } = change
  return [
    ...(generated === null ? [alter(raw('DROP EXPRESSION'))] : []),
    ...(type === undefined || type === null ? [] : [changeType(at, name, alter(sql`TYPE ${raw(type)} ${join(given(declared.using, (says) => sql`USING ${raw(says)}`))}`))]),
    ...given(value, (says) => alter(says === null ? raw('DROP DEFAULT') : sql`SET DEFAULT ${raw(says)}`)),
    ...given(nullable, (may) => alter(raw(may === false ? 'SET NOT NULL' : 'DROP NOT NULL'))),
    ...(identity === undefined ? [] : [alter(raw(identity === null ? 'DROP IDENTITY' : `${there.identity == null ? 'ADD' : 'SET'} GENERATED ${identity.toUpperCase()}${there.identity == null ? ' AS IDENTITY' : ''}`))]),
    ...given(comment, (says) => commentOn(at, name, says)),
  ]
}

function commentOn(at: Names, name: string, comment: string | null): Sql {
  return sql`COMMENT ON COLUMN ${[...at, name]} IS ${literal(comment)}`
}
