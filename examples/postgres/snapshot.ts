import { Client } from 'pg'

const OURS = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`

/** One line for each object, by queries that share nothing with those of the kinds: what to judge a run by. */
const LINES = `
  SELECT format('schema %I owner %s acl %s comment %L', nspname, pg_get_userbyid(nspowner), nspacl, obj_description(oid, 'pg_namespace')) FROM pg_namespace n WHERE ${OURS}
  UNION ALL SELECT format('relation %I.%I kind %s owner %s acl %s comment %L', nspname, relname, relkind, pg_get_userbyid(relowner), relacl, obj_description(c.oid, 'pg_class')) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE ${OURS}
  UNION ALL SELECT format('column %I.%I.%I %s %s not null %s identity %L generated %L default %s comment %L', nspname, relname, attname, row_number() OVER (PARTITION BY c.oid ORDER BY attnum), format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, pg_get_expr(adbin, adrelid), col_description(c.oid, attnum))
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE ${OURS} AND relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT format('constraint %I.%I.%I %s comment %L', nspname, relname, conname, pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint')) FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE ${OURS}
  UNION ALL SELECT format('index %s', indexdef) FROM pg_indexes n CROSS JOIN LATERAL (SELECT schemaname AS nspname) s WHERE schemaname !~ '^pg_'
  UNION ALL SELECT format('view %I.%I %s', schemaname, viewname, definition) FROM pg_views WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'
  UNION ALL SELECT format('sequence %I.%I %s from %s by %s to %s start %s', schemaname, sequencename, data_type, min_value, increment_by, max_value, start_value) FROM pg_sequences
  UNION ALL SELECT format('extension %I %s', extname, extversion) FROM pg_extension
  ORDER BY 1`

const CLUSTER_LINES = `
  SELECT format('role %I super %s login %s inherit %s createdb %s createrole %s limit %s comment %L', rolname, rolsuper, rolcanlogin, rolinherit, rolcreatedb, rolcreaterole, rolconnlimit, shobj_description(oid, 'pg_authid')) FROM pg_roles WHERE rolname !~ '^pg_'
  UNION ALL SELECT format('member %I of %I admin %s', m.rolname, g.rolname, admin_option) FROM pg_auth_members a JOIN pg_roles g ON g.oid = roleid JOIN pg_roles m ON m.oid = member WHERE g.rolname !~ '^pg_'
  UNION ALL SELECT format('database %I owner %s limit %s acl %s comment %L', datname, pg_get_userbyid(datdba), datconnlimit, datacl, shobj_description(oid, 'pg_database')) FROM pg_database
  ORDER BY 1`

/** All that is in a database (`schemas`, relations, columns, constraints, …), a line each, in one order. */
export async function describeDatabase(url: string): Promise<readonly string[]> {
  return readLines(url, LINES)
}

/** The roles, memberships and databases of a server, a line each, in one order. */
export async function describeServer(url: string): Promise<readonly string[]> {
  return readLines(url, CLUSTER_LINES)
}

async function readLines(url: string, query: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<[string]>({ text: query, rowMode: 'array' }).finally(() => client.end())
  return rows.map(([line]) => line)
}
