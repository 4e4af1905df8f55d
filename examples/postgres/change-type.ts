import { literal, sql, type Sql } from './sql.ts'
import type { Names } from './names.ts'

/**
 * Changes the type of a column below the views that show it, which PostgreSQL by itself refuses: in one transaction they are
 * dropped, and made again as they were, with owner, grants and comment. Where one of them has more than that (triggers,
 * options, comments on columns), or something else needs it, nothing is done and the server's own refusal is told.
 */
export function changeType(at: Names, column: string, command: Sql): Sql {
  const table = literal(sql`${at}`.text).text
  return sql`DO ${literal(`
    DECLARE views jsonb; each jsonb;
    BEGIN
      WITH RECURSIVE above AS (
        SELECT ev_class AS oid, 1 AS depth FROM pg_depend JOIN pg_rewrite r ON classid = 'pg_rewrite'::regclass AND r.oid = objid JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
          WHERE refclassid = 'pg_class'::regclass AND refobjid = ${table}::regclass AND attname = ${literal(column).text}
        UNION SELECT ev_class, depth + 1 FROM above JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = above.oid AND classid = 'pg_rewrite'::regclass JOIN pg_rewrite r ON r.oid = objid AND ev_class <> above.oid
      ), deepest AS (SELECT oid, max(depth) AS depth FROM above GROUP BY oid)
      SELECT jsonb_agg(jsonb_build_object('name', c.oid::regclass::text, 'query', pg_get_viewdef(c.oid), 'owner', pg_get_userbyid(relowner), 'comment', obj_description(c.oid, 'pg_class'),
          'is_plain', relkind = 'v' AND NOT relhastriggers AND reloptions IS NULL AND NOT EXISTS (SELECT FROM pg_description WHERE objoid = c.oid AND objsubid > 0),
          'grants', ARRAY(SELECT format('GRANT %s ON %s TO %s%s', privilege_type, c.oid::regclass, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
            FROM aclexplode(relacl) WHERE grantee <> relowner)) ORDER BY depth) INTO views FROM deepest JOIN pg_class c USING (oid);
      IF views IS NULL OR views @> '[{"is_plain": false}]' THEN
        EXECUTE ${literal(command.text).text};
        RETURN;
      END IF;
      FOR each IN SELECT value FROM jsonb_array_elements(views) WITH ORDINALITY ORDER BY ordinality DESC LOOP EXECUTE 'DROP VIEW ' || (each->>'name'); END LOOP;
      EXECUTE ${literal(command.text).text};
      FOR each IN SELECT value FROM jsonb_array_elements(views) WITH ORDINALITY ORDER BY ordinality LOOP
        EXECUTE format('CREATE VIEW %s AS %s', each->>'name', each->>'query');
        EXECUTE format('ALTER VIEW %s OWNER TO %I', each->>'name', each->>'owner');
        EXECUTE format('COMMENT ON VIEW %s IS %L', each->>'name', each->>'comment');
        FOR each IN SELECT value FROM jsonb_array_elements(each->'grants') LOOP EXECUTE each#>>'{}'; END LOOP;
      END LOOP;
    END`)}`
}
