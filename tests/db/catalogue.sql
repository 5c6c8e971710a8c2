-- All that stands in the project's schemas: kind, name, definition. Run with search_path = pg_catalog, so that every
-- name is qualified. alembic's own table and the extensions' objects are left out.
WITH ours AS (
    SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'app', 'test')),
extensions AS (
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'),
relations AS (
    SELECT c.* FROM pg_class c
     WHERE c.relnamespace IN (SELECT oid FROM ours) AND c.relname NOT LIKE 'alembic_version%'
       AND (1259, c.oid) NOT IN (SELECT classid, objid FROM extensions))
SELECT 'schema', nspname::text, concat_ws(' ', nspowner::regrole, nspacl) FROM pg_namespace WHERE nspname IN ('app', 'test')
UNION ALL
SELECT 'relation', c.oid::regclass::text,
       concat_ws(' ', relkind, relowner::regrole, relrowsecurity, relforcerowsecurity, reloptions, pg_get_expr(relpartbound, c.oid), relacl)
  FROM relations c WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
UNION ALL
SELECT 'column', c.oid::regclass || '.' || a.attname,
       concat_ws(' ', a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                 pg_get_expr(f.adbin, f.adrelid), a.attacl)
  FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid
  LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT 'constraint', c.oid::regclass || '.' || o.conname, pg_get_constraintdef(o.oid)
  FROM relations c JOIN pg_constraint o ON o.conrelid = c.oid
UNION ALL
SELECT 'index', c.oid::regclass::text, pg_get_indexdef(c.oid) FROM relations c WHERE relkind IN ('i', 'I')
UNION ALL
SELECT 'function', p.oid::regprocedure::text, concat_ws(' ', pg_get_functiondef(p.oid), proowner::regrole, proacl)
  FROM pg_proc p
 WHERE pronamespace IN (SELECT oid FROM ours) AND (1255, p.oid) NOT IN (SELECT classid, objid FROM extensions)
UNION ALL
SELECT 'trigger', c.oid::regclass || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
  FROM relations c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'policy', c.oid::regclass || '.' || p.polname,
       concat_ws(' ', polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid), '/', pg_get_expr(polwithcheck, polrelid))
  FROM relations c JOIN pg_policy p ON p.polrelid = c.oid
UNION ALL
SELECT 'view', c.oid::regclass::text, pg_get_viewdef(c.oid) FROM relations c WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'default privilege', concat_ws(' ', defaclrole::regrole, defaclobjtype), defaclacl::text FROM pg_default_acl
