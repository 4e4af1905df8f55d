const OURS = `n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'audit')`
/** What the provider keeps on the last line of a comment is its own affair. */
const said = (comment: string): string => `regexp_replace(${comment}, E'(^|\\n)-- convergent [^\\n]*$', '')`

/** What is in a database, a line each; whatever follows from the order of changes (places of columns, of rights) is left out. */
export const DATABASE_LINES = `
  SELECT format('schema %I owner %s comment %L', nspname, pg_get_userbyid(nspowner), nullif(${said(`obj_description(oid, 'pg_namespace')`)}, '')) AS line FROM pg_namespace n WHERE ${OURS}
  UNION ALL SELECT format('relation %I.%I %s owner %s comment %L', nspname, relname, relkind, pg_get_userbyid(relowner), nullif(${said(`obj_description(c.oid, 'pg_class')`)}, '')) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE ${OURS}
  UNION ALL SELECT format('column %I.%I.%I %s not null %s identity %L default %s comment %L', nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, pg_get_expr(adbin, adrelid), col_description(c.oid, attnum))
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE ${OURS} AND relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT format('constraint %I.%I.%I %s comment %L', nspname, relname, conname, pg_get_constraintdef(k.oid), nullif(${said(`obj_description(k.oid, 'pg_constraint')`)}, '')) FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE ${OURS} AND contype <> 'n'
  UNION ALL SELECT format('index %s', pg_get_indexdef(indexrelid)) FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE ${OURS}
  UNION ALL SELECT format('view %I.%I %s', nspname, relname, pg_get_viewdef(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE ${OURS} AND relkind = 'v'
  UNION ALL SELECT format('sequence %I.%I %s by %s start %s cache %s', nspname, relname, format_type(seqtypid, NULL), seqincrement, seqstart, seqcache) FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE ${OURS}
  UNION ALL SELECT format('right on %s %s to %s: %s', kind, name, grantee::regrole, string_agg(privilege_type, ' ' ORDER BY privilege_type))
    FROM (SELECT 'schema' AS kind, nspname::text AS name, nspacl AS acl, nspowner AS owner FROM pg_namespace n WHERE ${OURS} AND nspname <> 'public'
      UNION ALL SELECT 'relation', format('%I.%I', nspname, relname), relacl, relowner FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE ${OURS}) AS objects
    CROSS JOIN aclexplode(acl) WHERE grantee <> owner GROUP BY kind, name, grantee
  UNION ALL SELECT format('function %s', p.oid::regprocedure) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE ${OURS}
  UNION ALL SELECT format('type %I.%I', nspname, typname) FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE ${OURS} AND typrelid = 0 AND typelem = 0
  ORDER BY 1`

/** Roles whose names begin as those of a soak do, and their memberships. */
export const ROLE_LINES = `
  SELECT format('role %I login %s createdb %s limit %s comment %L', rolname, rolcanlogin, rolcreatedb, rolconnlimit, shobj_description(oid, 'pg_authid')) AS line FROM pg_roles WHERE rolname LIKE 'soak\\_%'
  UNION ALL SELECT format('member %I of %I admin %s', m.rolname, g.rolname, bool_or(admin_option)) FROM pg_auth_members a JOIN pg_roles g ON g.oid = roleid JOIN pg_roles m ON m.oid = member WHERE m.rolname LIKE 'soak\\_%' GROUP BY m.rolname, g.rolname
  ORDER BY 1`

/** Notes each transaction that changes something, as part of it: what is rolled back is not noted. */
export const AUDIT = `
  CREATE SCHEMA audit;
  CREATE TABLE audit.commands (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tx xid8 NOT NULL DEFAULT pg_current_xact_id(), tag text NOT NULL, said text NOT NULL DEFAULT current_query(), at timestamptz NOT NULL DEFAULT clock_timestamp());
  CREATE FUNCTION audit.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN INSERT INTO audit.commands (tag) VALUES (TG_TAG); END $$;
  CREATE EVENT TRIGGER audit ON ddl_command_end EXECUTE FUNCTION audit.note();`
