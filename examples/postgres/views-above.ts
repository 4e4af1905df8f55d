/*
 * Steps of a block in PL/pgSQL that takes views away and brings them back. The block declares `views jsonb; each jsonb`.
 */

/** Puts views and all that stand above them into `views`, from below; NULL: there are none. `from`: a query of the lowest, each an `oid` with a `depth`. */
export function collectViews(from: string): string {
  return `WITH RECURSIVE above AS (
        ${from}
        UNION SELECT ev_class, depth + 1 FROM above JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = above.oid AND classid = 'pg_rewrite'::regclass JOIN pg_rewrite r ON r.oid = objid AND ev_class <> above.oid
      ), deepest AS (SELECT oid, max(depth) AS depth FROM above GROUP BY oid)
      SELECT jsonb_agg(jsonb_build_object('name', c.oid::regclass::text, 'query', pg_get_viewdef(c.oid), 'owner', pg_get_userbyid(relowner), 'comment', obj_description(c.oid, 'pg_class'),
          'is_plain', relkind = 'v' AND NOT relhastriggers AND reloptions IS NULL AND NOT EXISTS (SELECT FROM pg_description WHERE objoid = c.oid AND objsubid > 0),
          'grants', ARRAY(SELECT format('GRANT %s ON %s TO %s%s', privilege_type, c.oid::regclass, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
            FROM aclexplode(relacl) WHERE grantee <> relowner)) ORDER BY depth) INTO views FROM deepest JOIN pg_class c USING (oid);`
}

/** Drops what is in `views`, from above. What else needs one of them stops that. */
export const dropViews = `FOR each IN SELECT value FROM jsonb_array_elements(views) WITH ORDINALITY ORDER BY ordinality DESC LOOP EXECUTE 'DROP VIEW ' || (each->>'name'); END LOOP;`

/** Makes what is in `views` again, with owner, comment and grants. One whose query has become impossible is told by its name. */
export const makeViews = `FOR each IN SELECT value FROM jsonb_array_elements(views) WITH ORDINALITY ORDER BY ordinality LOOP
        BEGIN
          EXECUTE format('CREATE VIEW %s AS %s', each->>'name', each->>'query');
        EXCEPTION WHEN syntax_error_or_access_rule_violation THEN
          IF each ? 'is_new' THEN RAISE; END IF;
          RAISE feature_not_supported USING MESSAGE = format('view %s stands on it, and cannot be made again above it as it was: %s', each->>'name', SQLERRM),
            HINT = format('let %s do without that in a sync of its own before this one, or drop it by hand right before this one', each->>'name');
        END;
        EXECUTE format('ALTER VIEW %s OWNER TO %I', each->>'name', each->>'owner');
        EXECUTE format('COMMENT ON VIEW %s IS %L', each->>'name', each->>'comment');
        FOR each IN SELECT value FROM jsonb_array_elements(each->'grants') LOOP EXECUTE each#>>'{}'; END LOOP;
      END LOOP;`
