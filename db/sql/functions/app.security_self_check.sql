-- The bot calls this at start and refuses to run if any value is false.
CREATE FUNCTION app.security_self_check() RETURNS TABLE (check_name text, ok boolean)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT 'not superuser / bypassrls', NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user
    UNION ALL SELECT 'not a member of the owner role', NOT pg_has_role(current_user, 'repair_owner', 'MEMBER')
    UNION ALL SELECT 'row-level security active on ' || c.relname, row_security_active(c.oid)
      FROM pg_class c
     WHERE c.relnamespace IN ('public'::regnamespace, 'app'::regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname <> 'alembic_version'
$$;
GRANT EXECUTE ON FUNCTION app.security_self_check() TO authenticated_users;
