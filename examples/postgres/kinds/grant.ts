import * as z from 'zod'
import { USER_SCHEMAS } from '../catalog.ts'
import { defineKind } from '../kind.ts'
import { id, type Names } from '../names.ts'
import { join, raw, sql, type Sql } from '../sql.ts'

const DEPTHS = { schema: 2, table: 3, view: 3, sequence: 3 } as const
const privilege = z.enum(['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain', 'usage', 'create', 'connect', 'temporary'])
const schema = z
  .strictObject({ to: id, database: id.optional(), schema: id.optional(), table: id.optional(), view: id.optional(), sequence: id.optional(), privileges: z.array(privilege).min(1) })
  .refine(({ to: _, privileges: __, ...objects }) => Object.values(objects).filter((each) => each !== undefined).length === 1, 'names not exactly one of database, schema, table, view and sequence')

/** What a role (or `public`: everybody) may do with one object. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'grant',
  list: 'grants',
  schema,
  within: 'database',
  namesOf: ({ to, database, ...fields }, complete) => {
    const object = (Object.keys(DEPTHS) as (keyof typeof DEPTHS)[]).find((each) => fields[each] !== undefined && fields[each] !== null)
    const names = object === undefined ? complete(database, 1) : complete(fields[object], DEPTHS[object])
    return names === undefined || typeof to !== 'string' ? undefined : [names[0] as string, object ?? 'database', ...(object === undefined ? names : names.slice(1)), to]
  },
  catalog: `SELECT object || coalesce(rolname, 'public')::text AS names, json_build_object('to', coalesce(rolname, 'public'), 'privileges', json_agg(DISTINCT lower(privilege_type)),
      object[1], CASE WHEN object[1] <> 'database' THEN to_json(object[2:]) END) AS fields
    FROM (SELECT ARRAY['database', datname] AS object, datacl AS acl, datdba AS owner FROM pg_database WHERE datname = current_database()
      UNION ALL SELECT ARRAY['schema', nspname], nspacl, nspowner FROM pg_namespace WHERE ${USER_SCHEMAS}
      UNION ALL SELECT ARRAY[CASE relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END, nspname, relname], relacl, relowner
        FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE ${USER_SCHEMAS}) AS objects
    CROSS JOIN aclexplode(acl) LEFT JOIN pg_roles r ON r.oid = grantee WHERE grantee <> objects.owner GROUP BY object, rolname`,
  ids: DEPTHS,
  unordered: ['privileges'],
  immutable: ['to', 'database', ...Object.keys(DEPTHS)],
  replaceable: true,
  // What is granted already is granted once more without a word.
  idempotent: true,
  // Nothing was granted by anybody; what everybody may do by default is.
  create: (at, { privileges }) => [revoke(at, ['ALL PRIVILEGES']), grant(at, privileges)],
  alter: ({ at, inputs: { privileges }, before }) => {
    const had = before['privileges'] as readonly string[]
    const more = privileges.filter((each) => !had.includes(each))
    const less = had.filter((each) => !privileges.some((one) => one === each))
    return [...(more.length > 0 ? [grant(at, more)] : []), ...(less.length > 0 ? [revoke(at, less)] : [])]
  },
  drop: (at, { privileges }) => revoke(at, privileges as readonly string[]),
  // Two at a time would write the same row of a catalog, or a view would come back with what was just revoked.
  serialKey: 'views',
})

const grant = (at: Names, privileges: readonly string[]): Sql => sql`GRANT ${join(privileges.map(raw))} ON ${describeObject(at)} TO ${describeRole(at)}`
const revoke = (at: Names, privileges: readonly string[]): Sql => sql`REVOKE ${join(privileges.map(raw))} ON ${describeObject(at)} FROM ${describeRole(at)}`
const describeObject = ([object = '', ...names]: Names): Sql => sql`${raw(object === 'view' ? 'TABLE' : object.toUpperCase())} ${names.slice(0, -1)}`
const describeRole = (at: Names): Sql => (at.at(-1) === 'public' ? raw('PUBLIC') : sql`${at.at(-1) ?? ''}`)
