import { literal, sql, type Sql } from './sql.ts'
import type { Names } from './names.ts'
import { collectViews, dropViews, makeViews } from './views-above.ts'

/**
 * Changes the type of a column below the views that show it, which PostgreSQL by itself refuses: in one transaction they are
 * dropped, and made again as they were, with owner, grants and comment. Where one of them has more than that (triggers,
 * options, comments on columns), or something else needs it, nothing is done and the server's own refusal is told.
 */
export function changeType(at: Names, column: string, command: Sql): Sql {
  const table = literal(sql`${at}`.text).text
  const showing = `SELECT ev_class AS oid, 1 AS depth FROM pg_depend JOIN pg_rewrite r ON classid = 'pg_rewrite'::regclass AND r.oid = objid JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
    WHERE refclassid = 'pg_class'::regclass AND refobjid = ${table}::regclass AND attname = ${literal(column).text}`
  return sql`DO ${literal(`
    DECLARE views jsonb; each jsonb;
    BEGIN
      ${collectViews(showing)}
      IF views IS NULL OR views @> '[{"is_plain": false}]' THEN
        EXECUTE ${literal(command.text).text};
        RETURN;
      END IF;
      ${dropViews}
      EXECUTE ${literal(command.text).text};
      ${makeViews}
    END`)}`
}
