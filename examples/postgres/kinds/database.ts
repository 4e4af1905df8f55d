import { createHash } from 'node:crypto'
import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { id, name, text } from '../names.ts'
import { given, join, literal, sql } from '../sql.ts'

const schema = z.strictObject({ name, owner: id.optional(), encoding: z.string().regex(/^\w+$/).optional(), connection_limit: z.int().min(-1).optional(), comment: text.min(1).optional() })

/** A database; it goes with all that is in it. CREATE DATABASE is in no transaction: one with a comment gets its name last, so that it is there whole or not at all. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'database',
  list: 'databases',
  schema,
  catalog: `SELECT ARRAY[datname::text] AS names, json_build_object('name', datname, 'owner', pg_get_userbyid(datdba), 'encoding', pg_encoding_to_char(encoding),
      'connection_limit', datconnlimit, 'comment', shobj_description(oid, 'pg_database')) AS fields
    FROM pg_database WHERE NOT datistemplate`,
  references: { owner: 'role' },
  destroys: ({ path: [field], after }) => (field === 'encoding' && after !== undefined ? 'object' : undefined),
  normalise: { encoding: (value) => (typeof value === 'string' ? value.toUpperCase().replace(/^UTF-?8$/, 'UTF8') : value) },
  called: ([database = '']) => sql`DATABASE ${database}`,
  create: ([database = ''], { owner, encoding, connection_limit: limit, comment }) => {
    const made = comment === undefined ? database : `convergent_${createHash('sha256').update(database).digest('hex').slice(0, 16)}`
    const create = join([sql`CREATE DATABASE ${made}`, ...given(owner, (role) => sql`OWNER ${role}`), ...given(encoding, (name) => sql`ENCODING ${literal(name)} TEMPLATE template0`), ...given(limit, (count) => sql`CONNECTION LIMIT ${literal(count)}`)], ' ')
    return comment === undefined ? [create] : [sql`DROP DATABASE IF EXISTS ${made}`, create, sql`COMMENT ON DATABASE ${made} IS ${literal(comment)}`, sql`ALTER DATABASE ${made} RENAME TO ${database}`]
  },
  alter: ({ at: [database = ''], patch }) => given(patch.connection_limit, (limit) => sql`ALTER DATABASE ${database} CONNECTION LIMIT ${literal(limit ?? -1)}`),
  atOnce: true,
  // The server goes on with a copy although nobody waits for it any more.
  visibleWithinMs: 5_000,
  // Each is a copy of a template that nobody else may look at meanwhile.
  concurrency: 1,
})
