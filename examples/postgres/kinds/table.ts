import * as z from 'zod'
import { OUTSIDE_EXTENSIONS, USER_SCHEMAS } from '../catalog.ts'
import { canonicalType } from '../column-type.ts'
import { alterColumns, columns, commentOnColumns, describeColumn, isLossy, listColumns } from '../column.ts'
import { defineKind } from '../kind.ts'
import { id, name, text } from '../names.ts'
import { given, join, sql } from '../sql.ts'

const schema = z.strictObject({ schema: id, name, columns, primary_key: z.array(name).min(1).optional(), owner: id.optional(), comment: text.min(1).optional() })

/** A table with its columns. A column that loses data by its change makes the table anew; one that goes takes what it holds with it. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'table',
  list: 'tables',
  schema,
  within: 'schema',
  catalog: `SELECT ARRAY[nspname::text, relname::text] AS names, json_build_object('schema', json_build_array(nspname), 'name', relname, 'owner', pg_get_userbyid(relowner),
      'comment', obj_description(c.oid, 'pg_class'), 'columns', (SELECT coalesce(json_object_agg(attname, json_build_object('type', format_type(atttypid, atttypmod), 'nullable', NOT attnotnull,
        'identity', CASE attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END, 'comment', col_description(c.oid, attnum),
        CASE attgenerated WHEN '' THEN 'default' ELSE 'generated' END, pg_get_expr(adbin, adrelid)) ORDER BY attnum), '{}')
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
      'primary_key', (SELECT json_agg(attname ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY AS key (attnum, place) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum),
      'primary_key_name', k.conname) AS fields
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
    WHERE relkind IN ('r', 'p') AND ${USER_SCHEMAS} AND ${OUTSIDE_EXTENSIONS}`,
  references: { schema: 'schema', owner: 'role' },
  ignored: ['columns.*.using'],
  reworded: ['columns.*.default', 'columns.*.generated'],
  normalise: { 'columns.*.type': canonicalType },
  destroys: ({ path: [field, each = '', property], before, after }, inputs) => {
    if (field !== 'columns' || before === undefined || property !== 'type') return undefined
    if (after === undefined) return 'part'
    return isLossy(before, after, (inputs['columns'] as Record<string, unknown>)[each]) ? 'object' : undefined
  },
  // A change of type drops views and makes them again.
  serialKey: ({ kind: does, changes }) => (does === 'update' && changes.some(({ path }) => path[0] === 'columns' && path[2] === 'type') ? 'views' : undefined),
  called: (at) => sql`TABLE ${at}`,
  create: (at, { columns: declared, primary_key, owner }) => [
    sql`CREATE TABLE ${at} (${join([...listColumns(declared).map(([each, definition]) => describeColumn(each, definition)), ...given(primary_key, (names) => sql`PRIMARY KEY (${join(names)})`)])})`,
    ...given(owner, (role) => sql`ALTER TABLE ${at} OWNER TO ${role}`),
    ...commentOnColumns(at, declared),
  ],
  alter: alterColumns,
})
