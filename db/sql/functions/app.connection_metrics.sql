-- The connections to this database by state; how old the oldest transaction among them is, and how many wait for a lock.
CREATE FUNCTION app.connection_metrics()
RETURNS TABLE (state text, connections bigint, max_connections integer, oldest_transaction interval, waiting bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(a.state, 'background'), count(*), current_setting('max_connections')::integer,
           max(clock_timestamp() - a.xact_start), count(*) FILTER (WHERE a.wait_event_type = 'Lock')
      FROM pg_stat_activity a WHERE a.datname = current_database() GROUP BY 1
$$;
GRANT EXECUTE ON FUNCTION app.connection_metrics() TO authenticated_users;
