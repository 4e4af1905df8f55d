import * as z from 'zod'
import { OUTSIDE_EXTENSIONS, USER_SCHEMAS } from '../catalog.ts'
import { canonicalType } from '../column-type.ts'
import { defineKind } from '../kind.ts'
import { id, name, text } from '../names.ts'
import { given, join, raw, sql, type Sql } from '../sql.ts'

const count = z.union([z.int(), z.string().regex(/^-?\d+$/)])
const settings = { increment: count, min: count, max: count, start: count, cache: count }
const schema = z.strictObject({ schema: id, name, type: z.enum(['smallint', 'integer', 'bigint', 'int', 'int2', 'int4', 'int8']).optional(), ...z.object(settings).partial().shape, cycle: z.boolean().optional(), owner: id.optional(), comment: text.min(1).optional() })
const WORDS: Readonly<Record<string, string>> = { increment: 'INCREMENT BY', min: 'MINVALUE', max: 'MAXVALUE', start: 'START WITH', cache: 'CACHE' }
const asText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value)

/** A sequence. Those of identity columns are their columns'. How far it has counted is nobody's business here. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'sequence',
  list: 'sequences',
  schema,
  within: 'schema',
  catalog: `SELECT ARRAY[nspname::text, relname::text] AS names, json_build_object('schema', json_build_array(nspname), 'name', relname, 'type', format_type(seqtypid, NULL), 'increment', seqincrement::text,
      'min', seqmin::text, 'max', seqmax::text, 'start', seqstart::text, 'cache', seqcache::text, 'cycle', seqcycle, 'owner', pg_get_userbyid(relowner), 'comment', obj_description(c.oid, 'pg_class')) AS fields
    FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid JOIN pg_namespace n ON n.oid = relnamespace
    WHERE ${USER_SCHEMAS} AND ${OUTSIDE_EXTENSIONS} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')`,
  references: { schema: 'schema', owner: 'role' },
  normalise: { type: canonicalType, ...Object.fromEntries(Object.keys(WORDS).map((field) => [field, asText])) },
  called: (at) => sql`SEQUENCE ${at}`,
  create: (at, inputs) => [sql`CREATE SEQUENCE ${at} ${options(inputs)}`, ...given(inputs.owner, (role) => sql`ALTER SEQUENCE ${at} OWNER TO ${role}`)],
  alter: ({ at, patch }) => (Object.keys(patch).some((field) => field in WORDS || field === 'type' || field === 'cycle') ? [sql`ALTER SEQUENCE ${at} ${options(patch)}`] : []),
})

/** What is unset goes back to what it is by itself. */
function options({ type, cycle, ...fields }: { readonly [K in keyof z.infer<typeof schema>]?: z.infer<typeof schema>[K] | null }): Sql {
  const byItself: Readonly<Record<string, string>> = { increment: 'INCREMENT BY 1', min: 'NO MINVALUE', max: 'NO MAXVALUE', start: 'START WITH 1', cache: 'CACHE 1' }
  const counts = Object.entries(WORDS).flatMap(([field, word]) => given(fields[field as keyof typeof settings], (value) => raw(value === null ? (byItself[field] as string) : `${word} ${value}`)))
  return join([...given(type, (name) => raw(`AS ${name ?? 'bigint'}`)), ...counts, ...given(cycle, (does) => raw(does === true ? 'CYCLE' : 'NO CYCLE'))], ' ')
}
