CREATE FUNCTION app.connection_metrics() RETURNS TABLE (state text, connections bigint, max_connections integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(a.state, 'background'), count(*), current_setting('max_connections')::integer
      FROM pg_stat_activity a WHERE a.datname = current_database() GROUP BY 1
$$;
GRANT EXECUTE ON FUNCTION app.connection_metrics() TO authenticated_users;
