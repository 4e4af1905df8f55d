import * as z from 'zod'
import { USER_SCHEMAS } from '../catalog.ts'
import { defineKind } from '../kind.ts'
import { id, name, text } from '../names.ts'
import { raw, sql } from '../sql.ts'

const schema = z.strictObject({ schema: id, name, type: text, check: text, comment: text.min(1).optional() })

/** A type with a condition. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'domain',
  list: 'domains',
  schema,
  within: 'schema',
  catalog: `SELECT ARRAY[nspname, typname] AS names, json_build_object('schema', json_build_array(nspname), 'name', typname, 'type', format_type(typbasetype, typtypmod),
      'check', (SELECT pg_get_expr(conbin, 0) FROM pg_constraint WHERE contypid = t.oid AND contype = 'c'), 'comment', obj_description(t.oid, 'pg_type')) AS fields
    FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'd' AND ${USER_SCHEMAS}`,
  references: { schema: 'schema' },
  reworded: ['check'],
  immutable: ['type', 'check'],
  called: (at) => sql`DOMAIN ${at}`,
  create: (at, { type, check }) => [sql`CREATE DOMAIN ${at} AS ${raw(type)} CHECK (${raw(check)})`],
})
