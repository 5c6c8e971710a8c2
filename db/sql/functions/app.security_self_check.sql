-- The bot calls this at start and refuses to run if any value is false. What the login may become (SET ROLE), it is.
-- CREATE in our schemas would let it put a better-fitting function or operator before a definer function's.
CREATE FUNCTION app.security_self_check() RETURNS TABLE (check_name text, ok boolean)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH mine AS MATERIALIZED (
        SELECT r.* FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')),
    ours AS MATERIALIZED (
        SELECT n.oid, n.nspowner FROM pg_namespace n WHERE n.nspname IN ('public', 'app', 'test')),
    tables AS MATERIALIZED (
        SELECT c.oid, c.relname FROM pg_class c
         WHERE c.relnamespace IN (SELECT o.oid FROM ours o) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
           AND c.relname <> 'alembic_version')
    SELECT 'is no superuser', NOT EXISTS (SELECT FROM mine m WHERE m.rolsuper)
    UNION ALL SELECT 'has no BYPASSRLS', NOT EXISTS (SELECT FROM mine m WHERE m.rolbypassrls)
    UNION ALL SELECT 'owns nothing here', NOT EXISTS (
        SELECT FROM mine m
         WHERE m.oid IN (SELECT o.nspowner FROM ours o
                         UNION ALL SELECT c.relowner FROM pg_class c WHERE c.relnamespace IN (SELECT o.oid FROM ours o)
                         UNION ALL SELECT p.proowner FROM pg_proc p WHERE p.pronamespace IN (SELECT o.oid FROM ours o)))
    UNION ALL SELECT 'creates nothing here', NOT EXISTS (
        SELECT FROM ours o WHERE has_schema_privilege(session_user, o.oid, 'CREATE'))
    UNION ALL SELECT 'makes no roles and copies no server', NOT EXISTS (
        SELECT FROM mine m WHERE m.rolcreaterole OR m.rolreplication)
    UNION ALL SELECT 'is not the web application''s', NOT EXISTS (SELECT FROM mine m WHERE m.rolname = 'repair_web')
    UNION ALL SELECT 'logs in with nobody asking', COALESCE(app.user_id(), app.user_email(), app.user_role()) IS NULL
    UNION ALL SELECT 'is no member of ' || r.rolname, NOT pg_has_role(session_user, r.oid, 'MEMBER')
      FROM pg_roles r
     WHERE r.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
                         'pg_execute_server_program')
    UNION ALL SELECT 'may not truncate, delete from, refer to or put triggers on ' || t.relname,
                     NOT has_table_privilege(session_user, t.oid, 'TRUNCATE, DELETE, REFERENCES, TRIGGER')
      FROM tables t
    UNION ALL SELECT 'is under row-level security on ' || t.relname, row_security_active(t.oid) FROM tables t
$$;
GRANT EXECUTE ON FUNCTION app.security_self_check() TO authenticated_users;
