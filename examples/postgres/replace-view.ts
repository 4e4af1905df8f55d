import { literal, raw, sql, type Sql } from './sql.ts'
import type { Names } from './names.ts'
import { collectViews, dropViews, makeViews } from './views-above.ts'

/**
 * Gives a view another query. PostgreSQL only lets a view gain columns at its end; for anything else the view is dropped and
 * made again in the same transaction with those that stand on it, which come back as they were, all with owner, grants and
 * comment. One of those that needs what goes stops that and is named, as does what else needs the view. Where one of them
 * has more (triggers, options, comments on columns), nothing is done and the server's own refusal is told.
 */
export function replaceView(at: Names, query: string): Sql {
  const replace = literal(sql`CREATE OR REPLACE VIEW ${at} AS ${raw(query)}`.text).text
  return sql`DO ${literal(`
    DECLARE views jsonb; each jsonb;
    BEGIN
      EXECUTE ${replace};
    EXCEPTION WHEN invalid_table_definition THEN
      ${collectViews(`SELECT ${literal(sql`${at}`.text).text}::regclass::oid AS oid, 0 AS depth`)}
      IF views->0 @> '{"is_plain": false}' THEN EXECUTE ${replace};
      ELSIF views @> '[{"is_plain": false}]' THEN EXECUTE ${literal(sql`DROP VIEW ${at}`.text).text};
      END IF;
      views := jsonb_set(views, '{0}', views->0 || jsonb_build_object('is_new', true, 'query', ${literal(query).text}::text));
      ${dropViews}
      ${makeViews}
    END`)}`
}
