import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { OUTSIDE_EXTENSIONS, USER_SCHEMAS, relationsUsed } from '../catalog.ts'
import { id, name, text } from '../names.ts'
import { replaceView } from '../replace-view.ts'
import { given, raw, sql } from '../sql.ts'

const schema = z.strictObject({ schema: id, name, query: text.min(1), uses: z.array(id).optional(), owner: id.optional(), comment: text.min(1).optional() })

/** A view. `uses` says what it stands on: what is made anew there takes the view with it, and brings it back. */
export const kind = defineKind<z.infer<typeof schema>>({
  type: 'view',
  list: 'views',
  schema,
  within: 'schema',
  catalog: `SELECT ARRAY[nspname::text, relname::text] AS names, json_build_object('schema', json_build_array(nspname), 'name', relname, 'owner', pg_get_userbyid(relowner),
      'query', rtrim(pg_get_viewdef(c.oid, true), ';'), 'comment', obj_description(c.oid, 'pg_class'),
      'uses', ${relationsUsed()}, 'views', ${relationsUsed("u.relkind = 'v'")}) AS fields
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'v' AND ${USER_SCHEMAS} AND ${OUTSIDE_EXTENSIONS}`,
  ids: { uses: 3, views: 3 }, unordered: ['uses'],
  reworded: ['query', 'uses'],
  references: { schema: 'schema', owner: 'role', uses: 'table', views: 'view' },
  replaceable: true,
  serialKey: 'views',
  destroys: ({ path, after }) => (path[0] === 'uses' && JSON.stringify(after)?.includes('"unknown"') === true ? 'object' : undefined),
  called: (at) => sql`VIEW ${at}`,
  create: (at, { query, owner }) => [sql`CREATE VIEW ${at} AS ${raw(query)}`, ...given(owner, (role) => sql`ALTER VIEW ${at} OWNER TO ${role}`)],
  alter: ({ at, patch, inputs }) => given(patch.query, () => replaceView(at, inputs.query)),
})
