-- All that stands in the project's schemas: kind, name, the relation it belongs to, and its aspects, each as text. Run
-- with search_path = pg_catalog, so that every name is qualified. Left out: alembic's own table, what belongs to
-- extensions, positions of columns (they depend on history and mean nothing), constraints and indexes that partitions have
-- of their table, and the bounds of the months' partitions.
WITH ours AS (
    SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'app', 'test')),
extensions AS (
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'),
relations AS (
    SELECT c.*, c.oid::regclass::text AS name FROM pg_class c
     WHERE c.relnamespace IN (SELECT oid FROM ours) AND c.relname NOT LIKE 'alembic_version%'
       AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM extensions))
SELECT 'schema' AS kind, n.nspname::text AS name, NULL::text AS relation,
       jsonb_build_object('owner', CASE WHEN n.nspname <> 'public' THEN n.nspowner::regrole::text END, 'grants', (
           SELECT string_agg(CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END || '=' || g.privilege_type, ', '
                             ORDER BY g.grantee::regrole::text, g.privilege_type)
             FROM aclexplode(COALESCE(n.nspacl, acldefault('n', n.nspowner))) g
             LEFT JOIN pg_roles r ON r.oid = g.grantee
            WHERE g.grantee <> n.nspowner AND (g.grantee = 0 OR r.rolname ~ '^(repair_|authenticated_users$)'))) AS aspects
  FROM pg_namespace n WHERE n.oid IN (SELECT oid FROM ours)
UNION ALL
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
       c.name, CASE c.relkind WHEN 'S' THEN (
           SELECT d.refobjid::regclass::text FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass) END,
       jsonb_build_object(
           'owner', c.relowner::regrole::text, 'options', array_to_string(c.reloptions, ', '),
           'row-level security', CASE WHEN c.relrowsecurity THEN 'on' ELSE 'off' END,
           'forced row-level security', CASE WHEN c.relforcerowsecurity THEN 'on' ELSE 'off' END,
           'partitioning', concat_ws(' ', pg_get_partkeydef(c.oid), CASE WHEN c.relname !~ '_y\d{4}m\d{2}$' THEN pg_get_expr(c.relpartbound, c.oid) END),
           'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
           'grants', (SELECT string_agg(g::text, ', ' ORDER BY g::text)
                        FROM unnest(COALESCE(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) g))
  FROM relations c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
UNION ALL
SELECT 'column', c.name || '.' || a.attname, c.name,
       jsonb_build_object(
           'type', format_type(a.atttypid, a.atttypmod), 'null', CASE WHEN a.attnotnull THEN 'refused' ELSE 'allowed' END,
           'identity', a.attidentity, 'generated', a.attgenerated, 'default', pg_get_expr(f.adbin, f.adrelid),
           'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
           'grants', (SELECT string_agg(g::text, ', ' ORDER BY g::text) FROM unnest(a.attacl) g))
  FROM relations c
  JOIN pg_attribute a ON a.attrelid = c.oid
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 'constraint', c.name || '.' || o.conname, c.name,
       jsonb_build_object('definition', pg_get_constraintdef(o.oid), 'enforced', (   -- a foreign key's triggers can be switched off
           SELECT CASE WHEN bool_and(t.tgenabled <> 'D') THEN 'yes' ELSE 'no' END FROM pg_trigger t WHERE t.tgconstraint = o.oid AND t.tgisinternal))
  FROM relations c JOIN pg_constraint o ON o.conrelid = c.oid
 WHERE o.conislocal AND o.conparentid = 0
UNION ALL
SELECT 'index', c.name, i.indrelid::regclass::text,
       jsonb_build_object('definition', pg_get_indexdef(c.oid), 'valid', CASE WHEN i.indisvalid THEN 'yes' ELSE 'no' END)
  FROM relations c JOIN pg_index i ON i.indexrelid = c.oid
 WHERE NOT c.relispartition
UNION ALL
SELECT 'statistics', s.stxnamespace::regnamespace || '.' || s.stxname, c.name, jsonb_build_object('definition', pg_get_statisticsobjdef(s.oid))
  FROM relations c JOIN pg_statistic_ext s ON s.stxrelid = c.oid
UNION ALL
SELECT 'function', p.oid::regprocedure::text, NULL,
       jsonb_build_object(
           'owner', p.proowner::regrole::text, 'definition', pg_get_functiondef(p.oid),
           'grants', (SELECT string_agg(g::text, ', ' ORDER BY g::text) FROM unnest(COALESCE(p.proacl, acldefault('f', p.proowner))) g))
  FROM pg_proc p
 WHERE p.pronamespace IN (SELECT oid FROM ours) AND p.prokind <> 'a'
   AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM extensions)
UNION ALL
SELECT 'trigger', c.name || '.' || t.tgname, c.name,
       jsonb_build_object('definition', pg_get_triggerdef(t.oid),
                          'fires', CASE t.tgenabled WHEN 'O' THEN 'yes' WHEN 'D' THEN 'no' WHEN 'A' THEN 'always' ELSE 'on replicas alone' END)
  FROM relations c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'rule', c.name || '.' || r.rulename, c.name, jsonb_build_object('definition', pg_get_ruledef(r.oid))
  FROM relations c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT 'policy', c.name || '.' || p.polname, c.name,
       jsonb_build_object(
           'command', p.polcmd, 'permissive', CASE WHEN p.polpermissive THEN 'yes' ELSE 'no' END,
           'for', (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END, ', ' ORDER BY r::regrole::text) FROM unnest(p.polroles) r),
           'USING', pg_get_expr(p.polqual, p.polrelid), 'WITH CHECK', pg_get_expr(p.polwithcheck, p.polrelid))
  FROM relations c JOIN pg_policy p ON p.polrelid = c.oid
UNION ALL
SELECT 'default privilege', concat_ws(' ', 'on', d.defaclobjtype, 'in ' || NULLIF(d.defaclnamespace, 0)::regnamespace), NULL,
       jsonb_build_object('grants', (SELECT string_agg(g::text, ', ' ORDER BY g::text) FROM unnest(d.defaclacl) g))
  FROM pg_default_acl d WHERE d.defaclrole::regrole::text = 'repair_owner'
UNION ALL
SELECT 'extension', e.extname::text, NULL, jsonb_build_object('schema', e.extnamespace::regnamespace::text)
  FROM pg_extension e
UNION ALL
SELECT 'database setting', split_part(s.line, '=', 1), NULL, jsonb_build_object('value', substr(s.line, strpos(s.line, '=') + 1))
  FROM (SELECT unnest(x.setconfig) AS line FROM pg_db_role_setting x JOIN pg_database d ON d.oid = x.setdatabase
         WHERE d.datname = current_database() AND x.setrole = 0) s
UNION ALL
SELECT 'role', r.rolname::text, NULL,
       jsonb_build_object(
           'rights', concat_ws(', ', CASE WHEN r.rolcanlogin THEN 'LOGIN' END, CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
                               CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
                               CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END,
                               CASE WHEN NOT r.rolinherit THEN 'NOINHERIT' END),
           'member of', (SELECT string_agg(m.roleid::regrole::text, ', ' ORDER BY m.roleid::regrole::text) FROM pg_auth_members m
                          WHERE m.member = r.oid AND m.roleid::regrole::text <> 'pg_monitor'))
  FROM pg_roles r WHERE r.rolname IN ('repair_owner', 'authenticated_users', 'repair_bot', 'repair_web', 'repair_maintenance')
