import * as z from 'zod'
import { USER_SCHEMAS } from '../catalog.ts'
import { defineKind } from '../kind.ts'
import { id, name, text } from '../names.ts'
import { sql } from '../sql.ts'

const schema = z.strictObject({ database: id.optional(), name, owner: id.optional(), comment: text.min(1).optional() })

/** A schema of a database. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'schema',
  list: 'schemas',
  schema,
  within: 'database',
  catalog: `SELECT ARRAY[nspname::text] AS names, json_build_object('name', nspname, 'owner', pg_get_userbyid(nspowner), 'comment', obj_description(oid, 'pg_namespace')) AS fields
    FROM pg_namespace WHERE ${USER_SCHEMAS}`,
  references: { owner: 'role' },
  called: ([schema = '']) => sql`SCHEMA ${schema}`,
  create: ([schema = ''], { owner }) => [owner === undefined ? sql`CREATE SCHEMA ${schema}` : sql`CREATE SCHEMA ${schema} AUTHORIZATION ${owner}`],
})
