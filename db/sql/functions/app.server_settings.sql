-- What the seed would set by ALTER SYSTEM, which a migration can't: says what the server lacks. A definer function:
-- shared_preload_libraries is hidden from ordinary roles.
CREATE FUNCTION app.server_settings() RETURNS TABLE (name text, wanted text, actual text, ok boolean, needs_restart boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.name, w.wanted,
           CASE s.unit WHEN '8kB' THEN pg_size_pretty(s.setting::bigint * 8192) WHEN 'kB' THEN pg_size_pretty(s.setting::bigint * 1024)
                       ELSE concat_ws(' ', s.setting, s.unit) END,
           CASE WHEN s.name IS NULL THEN false
                WHEN w.name = 'shared_preload_libraries' THEN 'pg_stat_statements' = ANY (string_to_array(replace(s.setting, ' ', ''), ','))
                WHEN s.unit = '8kB' THEN s.setting::bigint * 8192 >= pg_size_bytes(w.wanted)
                WHEN s.unit = 'kB'  THEN s.setting::bigint * 1024 >= pg_size_bytes(w.wanted)
                ELSE s.setting = w.wanted END,
           COALESCE(s.context = 'postmaster', true)
      FROM (VALUES ('shared_preload_libraries', 'pg_stat_statements'), ('pg_stat_statements.track', 'all'), ('work_mem', '4MB'),
                   ('maintenance_work_mem', '64MB'), ('shared_buffers', '256MB'), ('effective_cache_size', '1GB'),
                   ('log_min_duration_statement', '1000'), ('log_statement_stats', 'off')) w(name, wanted)
      LEFT JOIN pg_settings s ON s.name = w.name
$$;
GRANT EXECUTE ON FUNCTION app.server_settings() TO authenticated_users;
