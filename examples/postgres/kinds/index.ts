import * as z from 'zod'
import { OUTSIDE_EXTENSIONS, USER_SCHEMAS } from '../catalog.ts'
import { defineKind } from '../kind.ts'
import { id, name, text } from '../names.ts'
import { given, join, raw, sql, type Sql } from '../sql.ts'

const item = z.union([name, z.strictObject({ column: name, descending: z.literal(true).optional() }), z.strictObject({ expression: text.min(1), descending: z.literal(true).optional() })])
const schema = z.strictObject({ table: id, name, columns: z.array(item).min(1), include: z.array(name).min(1).optional(), unique: z.boolean().optional(), method: name.optional(), where: text.min(1).optional(), comment: text.min(1).optional() })
const partsOf = (condition: string, shown: string): string => `(SELECT json_agg(${shown} ORDER BY place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS part (number, place) LEFT JOIN pg_attribute ON attrelid = i.indrelid AND attnum = number AND number <> 0 WHERE ${condition})`

/** An index of a table; those of constraints are the constraints'. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'index',
  list: 'indexes',
  schema,
  within: 'table',
  parent: { type: 'table', field: 'table' },
  catalog: `SELECT ARRAY[nspname::text, t.relname::text, c.relname::text] AS names, json_build_object('table', json_build_array(nspname, t.relname), 'name', c.relname, 'unique', indisunique, 'method', amname,
      'where', pg_get_expr(indpred, indrelid, true), 'comment', obj_description(c.oid, 'pg_class'), 'include', ${partsOf('place > indnkeyatts', 'attname')},
      'columns', ${partsOf('place <= indnkeyatts', `CASE WHEN number <> 0 AND indoption[place - 1] & 1 = 0 THEN to_json(attname) ELSE json_strip_nulls(json_build_object('column', attname,
        'expression', CASE WHEN number = 0 THEN pg_get_indexdef(c.oid, place::int, true) END, 'descending', CASE WHEN indoption[place - 1] & 1 = 1 THEN true END)) END`)}) AS fields
    FROM pg_index i JOIN pg_class c ON c.oid = indexrelid JOIN pg_class t ON t.oid = indrelid JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_am am ON am.oid = c.relam
    WHERE t.relkind IN ('r', 'p') AND ${USER_SCHEMAS} AND ${OUTSIDE_EXTENSIONS} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = indexrelid AND k.contype IN ('p', 'u', 'x'))`,
  reworded: ['columns', 'where'],
  immutable: ['columns', 'include', 'unique', 'method', 'where'],
  replaceable: true,
  called: ([schemaName = '', , index = '']) => sql`INDEX ${[schemaName, index]}`,
  create: ([schemaName = '', table = '', index = ''], { columns, include, unique, method, where }) => [
    join([
      sql`CREATE ${raw(unique === true ? 'UNIQUE' : '')} INDEX ${index} ON ${[schemaName, table]} ${join(given(method, (name) => sql`USING ${name}`))} (${join(columns.map(describeItem))})`,
      ...given(include, (names) => sql`INCLUDE (${join(names)})`),
      ...given(where, (condition) => sql`WHERE ${raw(condition)}`),
    ], ' '),
  ],
})

function describeItem(each: z.infer<typeof item>): Sql {
  if (typeof each === 'string') return sql`${each}`
  return sql`${'column' in each ? sql`${each.column}` : sql`(${raw(each.expression)})`} ${raw(each.descending === true ? 'DESC' : '')}`
}
