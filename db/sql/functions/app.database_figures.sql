-- db.models.DatabaseFigures: how the database is, at most p_most lines of each list. A partitioned table or index counts
-- as one, with all its months.
CREATE FUNCTION app.database_figures(p_most integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_watched boolean := to_regclass('public.pg_stat_statements') IS NOT NULL;
BEGIN
    PERFORM app.require_role('Manager');
    BEGIN
        IF v_watched THEN EXECUTE 'SELECT FROM public.pg_stat_statements LIMIT 1'; END IF;
    EXCEPTION WHEN object_not_in_prerequisite_state THEN
        v_watched := false;                        -- made, but not loaded by the server
    END;
    RETURN (
        WITH slow AS MATERIALIZED (
            SELECT q.* FROM slow_queries q WHERE v_watched),
        unused AS MATERIALIZED (
            SELECT u.indexname, pg_size_bytes(u.size) AS bytes FROM unused_indexes u),
        tables AS MATERIALIZED (
            SELECT COALESCE(pg_partition_root(s.relid)::oid, s.relid)::regclass::text AS name,
                   COALESCE(sum(pg_table_size(s.relid)), 0) AS bytes, COALESCE(sum(pg_indexes_size(s.relid)), 0) AS index_bytes,
                   sum(s.n_live_tup) AS live, sum(s.n_dead_tup) AS dead,
                   max(greatest(s.last_vacuum, s.last_autovacuum)) AS vacuumed_at
              FROM pg_stat_user_tables s WHERE s.schemaname IN ('public', 'app') GROUP BY 1),
        indexes AS MATERIALIZED (
            SELECT COALESCE(pg_partition_root(c.oid)::oid, c.oid)::regclass::text AS name, sum(i.idx_scan) AS scans,
                   COALESCE(sum(pg_relation_size(c.oid)), 0) AS bytes
              FROM index_usage i JOIN pg_class c ON c.relname = i.indexname AND c.relnamespace = 'public'::regnamespace
             GROUP BY 1)
        SELECT jsonb_build_object(
            'size', pg_size_pretty(pg_database_size(current_database())),
            'version', current_setting('server_version'),
            'counted_since', d.stats_reset,
            'cache_hit_percent', round(100.0 * d.blks_hit / NULLIF(d.blks_hit + d.blks_read, 0), 1),
            'deadlocks', d.deadlocks,
            'max_connections', current_setting('max_connections')::integer,
            'connections', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('state', m.state, 'number', m.connections, 'waiting', m.waiting,
                                                    'oldest_seconds', extract(epoch FROM m.oldest_transaction))
                                 ORDER BY m.connections DESC, m.state) FROM connection_metrics m), '[]'),
            'tables', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('name', t.name, 'size', pg_size_pretty(t.bytes), 'index_size', pg_size_pretty(t.index_bytes),
                                                    'live', t.live, 'dead', t.dead, 'vacuumed_at', t.vacuumed_at)
                                 ORDER BY t.bytes + t.index_bytes DESC, t.name)
                  FROM (SELECT x.* FROM tables x ORDER BY x.bytes + x.index_bytes DESC, x.name LIMIT p_most) t), '[]'),
            'indexes', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('name', i.name, 'scans', i.scans, 'size', pg_size_pretty(i.bytes)) ORDER BY i.scans DESC, i.name)
                  FROM (SELECT x.* FROM indexes x ORDER BY x.scans DESC, x.name LIMIT p_most) i), '[]'),
            'unused_number', (SELECT count(*) FROM unused),
            'unused_size', (SELECT pg_size_pretty(COALESCE(sum(u.bytes), 0)) FROM unused u),
            'unused', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('name', u.indexname, 'size', pg_size_pretty(u.bytes)) ORDER BY u.bytes DESC, u.indexname)
                  FROM (SELECT x.* FROM unused x ORDER BY x.bytes DESC, x.indexname LIMIT p_most) u), '[]'),
            'statements_watched', v_watched,
            'slow_number', (SELECT count(*) FROM slow),
            'slow', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('query', left(s.query, 1000), 'calls', s.calls, 'mean_ms', s.mean_time,
                                                    'total_ms', s.total_time) ORDER BY s.total_time DESC)
                  FROM (SELECT x.* FROM slow x ORDER BY x.total_time DESC LIMIT p_most) s), '[]'),
            'settings', COALESCE((
                SELECT jsonb_agg(jsonb_build_object('name', c.name, 'wanted', c.wanted, 'actual', c.actual, 'ok', c.ok,
                                                    'needs_restart', c.needs_restart) ORDER BY c.name)
                  FROM server_settings_check c), '[]'),
            'maintained_at', m.created_at,
            'maintenance', m.metadata ->> 'result')
          FROM pg_stat_database d
          LEFT JOIN LATERAL (SELECT a.created_at, a.metadata FROM activity_log a
                              WHERE a.action = 'MAINTENANCE' AND a.user_id = 'system' ORDER BY a.created_at DESC LIMIT 1) m ON true
         WHERE d.datname = current_database());
END $$;
GRANT EXECUTE ON FUNCTION app.database_figures(integer) TO repair_bot;
