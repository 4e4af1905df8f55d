import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { id, name, text } from '../names.ts'
import { given, join, literal, sql } from '../sql.ts'

const schema = z.strictObject({ database: id.optional(), name, version: text.min(1).optional(), schema: name.optional() })

/** An extension of a database; `schema` is the name of the schema that its objects are in. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'extension',
  list: 'extensions',
  schema,
  within: 'database',
  catalog: `SELECT ARRAY[extname::text] AS names, json_build_object('name', extname, 'version', extversion, 'schema', nspname) AS fields FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace`,
  called: ([extension = '']) => sql`EXTENSION ${extension}`,
  create: ([extension = ''], { version, schema: place }) => [
    join([sql`CREATE EXTENSION ${extension}`, ...given(place, (name) => sql`SCHEMA ${name}`), ...given(version, (number) => sql`VERSION ${literal(number)}`)], ' '),
  ],
  alter: ({ at: [extension = ''], patch: { version, schema: place } }) => [
    ...given(version, (number) => (number === null ? sql`ALTER EXTENSION ${extension} UPDATE` : sql`ALTER EXTENSION ${extension} UPDATE TO ${literal(number)}`)),
    ...given(place ?? undefined, (name) => sql`ALTER EXTENSION ${extension} SET SCHEMA ${name}`),
  ],
})
