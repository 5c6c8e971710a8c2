-- What was opened and completed on each local day of the shop from p_from to p_to, as an array of db.models.FlowDay in
-- their order. It begins with the day of the first ticket: before it there was no shop to compare with.
CREATE FUNCTION app.flow(p_from date, p_to date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_first date := (SELECT COALESCE(min(t.created_at) AT TIME ZONE v_zone, p_to) FROM tickets t)::date;
    v_begin date := greatest(p_from, least(v_first, p_to));
    v_from  timestamptz := v_begin::timestamp AT TIME ZONE v_zone;
    v_to    timestamptz := (p_to + 1)::timestamp AT TIME ZONE v_zone;
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN (
        WITH opened AS MATERIALIZED (
            SELECT (t.created_at AT TIME ZONE v_zone)::date AS day, count(*) AS n
              FROM tickets t WHERE t.created_at >= v_from AND t.created_at < v_to GROUP BY 1),
        done AS MATERIALIZED (
            SELECT (t.completed_at AT TIME ZONE v_zone)::date AS day, count(*) AS n, COALESCE(sum(t.actual_hours), 0) AS hours
              FROM tickets t WHERE t.completed AND t.completed_at >= v_from AND t.completed_at < v_to GROUP BY 1)
        SELECT jsonb_agg(jsonb_build_object('day', s.day, 'opened', COALESCE(o.n, 0), 'completed', COALESCE(d.n, 0),
                                            'hours', COALESCE(d.hours, 0)) ORDER BY s.day)
          FROM (SELECT v_begin + n AS day FROM generate_series(0, p_to - v_begin) n) s
          LEFT JOIN opened o USING (day)
          LEFT JOIN done d USING (day));
END $$;
GRANT EXECUTE ON FUNCTION app.flow(date, date) TO repair_bot;
