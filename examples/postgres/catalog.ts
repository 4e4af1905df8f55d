/** For queries with a `pg_namespace`: what belongs to PostgreSQL itself is not looked at. */
export const USER_SCHEMAS = `nspname !~ '^pg_' AND nspname <> 'information_schema'`

/** For queries with a `pg_class c`: what an extension brought along is the extension's. */
export const OUTSIDE_EXTENSIONS = `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')`

/** The names of columns by their numbers, in their order. */
export function namesOfColumns(numbers: string, table: string): string {
  return `(SELECT json_agg(attname ORDER BY place) FROM unnest(${numbers}) WITH ORDINALITY AS part (number, place) JOIN pg_attribute ON attrelid = ${table} AND attnum = number)`
}

/** Constraints of one kind, each with what it says. */
export function catalogOfConstraints(kind: 'u' | 'c' | 'f', says: string): string {
  return `SELECT ARRAY[n.nspname::text, t.relname::text, k.conname::text] AS names,
      (jsonb_build_object('table', jsonb_build_array(n.nspname, t.relname), 'name', k.conname, 'comment', obj_description(k.oid, 'pg_constraint')) || (${says})::jsonb)::json AS fields
    FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE k.contype = '${kind}' AND k.conparentid = 0 AND ${USER_SCHEMAS.replaceAll('nspname', 'n.nspname')}`
}

/** The relations that a view `c` stands on, of those `u` that satisfy this. */
export function relationsUsed(condition = 'true'): string {
  return `(SELECT coalesce(json_agg(json_build_array(nspname, relname) ORDER BY nspname, relname), '[]') FROM (SELECT DISTINCT un.nspname, u.relname
    FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
    JOIN pg_class u ON u.oid = d.refobjid JOIN pg_namespace un ON un.oid = u.relnamespace WHERE r.ev_class = c.oid AND ${condition}) used)`
}

/** What happens to a row when the one that it refers to goes or changes; `field` of a foreign key `k`. */
export function actionOf(field: 'confdeltype' | 'confupdtype'): string {
  return `CASE k.${field} WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'set default' END`
}
