CREATE FUNCTION daily_summary(p_day date DEFAULT NULL)
RETURNS TABLE (day date, opened bigint, completed bigint, open_total bigint, open_unassigned bigint, open_urgent bigint, hours numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_zone text := app.shop_time_zone();
    v_day  date := COALESCE(p_day, (now() AT TIME ZONE v_zone)::date);
    v_from timestamptz := v_day::timestamp AT TIME ZONE v_zone;
    v_to   timestamptz := (v_day + 1)::timestamp AT TIME ZONE v_zone;
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN QUERY
    SELECT v_day,
           (SELECT count(*) FROM tickets t WHERE t.created_at >= v_from AND t.created_at < v_to),
           d.n, o.n, o.unassigned, (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.priority_rank = 1), d.hours
      FROM (SELECT count(*) AS n, COALESCE(sum(t.actual_hours), 0) AS hours FROM tickets t
             WHERE t.completed AND t.completed_at >= v_from AND t.completed_at < v_to) d,
           (SELECT count(*) AS n, count(*) FILTER (WHERE t.tech = 'unassigned') AS unassigned
              FROM tickets t WHERE NOT t.completed) o;
END $$;
GRANT EXECUTE ON FUNCTION daily_summary(date) TO authenticated_users;
