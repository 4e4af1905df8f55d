import { literal, raw, sql, type Sql } from './sql.ts'
import type { Names } from './names.ts'

/**
 * Gives a view another query. PostgreSQL only lets a view gain columns at its end; for anything else the view is dropped and
 * made again in the same transaction, and has its owner and its grants as before. What needs the view stops that.
 */
export function replaceView(at: Names, query: string): Sql {
  const name = sql`${at}`
  const execute = (command: Sql): string => `EXECUTE ${literal(command.text).text};`
  return sql`DO ${literal(`
    DECLARE old record; given record;
    BEGIN
      ${execute(sql`CREATE OR REPLACE VIEW ${at} AS ${raw(query)}`)}
    EXCEPTION WHEN invalid_table_definition THEN
      SELECT relowner, relacl INTO old FROM pg_class WHERE oid = ${literal(name.text).text}::regclass;
      ${execute(sql`DROP VIEW ${at}`)}
      ${execute(sql`CREATE VIEW ${at} AS ${raw(query)}`)}
      EXECUTE format('ALTER VIEW %s OWNER TO %I', ${literal(name.text).text}, pg_get_userbyid(old.relowner));
      FOR given IN SELECT privilege_type, is_grantable, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS who FROM aclexplode(old.relacl) WHERE grantee <> old.relowner LOOP
        EXECUTE format('GRANT %s ON %s TO %s%s', given.privilege_type, ${literal(name.text).text}, given.who, CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' END);
      END LOOP;
    END`)}`
}
