-- The statements that take longer than p_min_ms on average, the costliest first. A definer function: pg_stat_statements
-- hides other users' text from whoever runs it, view owner or not. It replaces the constants of queries by $1, $2, but
-- keeps them where an entry was thrown away while its statement ran: so they are masked here. Of other commands it keeps
-- the whole text, a password included: these are left out.
CREATE FUNCTION app.slow_queries(p_min_ms double precision DEFAULT 100)
RETURNS TABLE (query text, calls bigint, total_time double precision, mean_time double precision, rows bigint, hit_percent numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager');
    IF to_regclass('public.pg_stat_statements') IS NULL THEN RETURN; END IF;
    RETURN QUERY EXECUTE
        $q$SELECT regexp_replace(regexp_replace(s.query, $r$'(?:[^']|'')*'|[$]([a-z_]*)[$].*?[$]\1[$]$r$, '''…''', 'gi'),
                                 $r$(?<![$\w.])\d[\d.]*$r$, '…', 'g'),
                  s.calls, s.total_exec_time, s.mean_exec_time, s.rows,
                  (100.0 * s.shared_blks_hit / nullif(s.shared_blks_hit + s.shared_blks_read, 0))::numeric(5,2)
             FROM public.pg_stat_statements s
            WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.mean_exec_time > $1
              AND s.query ~* '^\s*(select|insert|update|delete|merge|with|values)\M'
            ORDER BY s.total_exec_time DESC$q$ USING p_min_ms;
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    RAISE NOTICE 'pg_stat_statements is not in shared_preload_libraries';
END $$;
GRANT EXECUTE ON FUNCTION app.slow_queries(double precision) TO authenticated_users;
