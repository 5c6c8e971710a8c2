-- db.models.Figures: what happened on a local day of the shop (midnight to midnight: 23 or 25 hours when the clocks
-- change), yesterday unless said otherwise, and what is open now.
CREATE FUNCTION app.figures(p_day date DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_today date := app.shop_today();
    v_day   date := COALESCE(p_day, v_today - 1);
    v_from  timestamptz := v_day::timestamp AT TIME ZONE v_zone;
    v_to    timestamptz := (v_day + 1)::timestamp AT TIME ZONE v_zone;
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN (
        WITH done AS MATERIALIZED (
            SELECT t.tech, count(*) AS n, COALESCE(sum(t.actual_hours), 0) AS hours FROM tickets t
             WHERE t.completed AND t.completed_at >= v_from AND t.completed_at < v_to
             GROUP BY t.tech),
        open AS MATERIALIZED (
            SELECT t.tech, count(*) AS n FROM tickets t WHERE NOT t.completed GROUP BY t.tech)
        SELECT jsonb_build_object(
            'day', v_day,
            'today', v_today,
            'opened', (SELECT count(*) FROM tickets t WHERE t.created_at >= v_from AND t.created_at < v_to),
            'completed', (SELECT COALESCE(sum(d.n), 0) FROM done d),
            'hours', (SELECT COALESCE(sum(d.hours), 0) FROM done d),
            'open', (SELECT COALESCE(sum(o.n), 0) FROM open o),
            'unassigned', COALESCE((SELECT o.n FROM open o WHERE o.tech = 'unassigned'), 0),
            'urgent', (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.priority_rank = 1),
            'overdue', (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.due_at <= now()),
            'waiting', (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.bench_status IN ('waiting_approval', 'waiting_parts')),
            'technicians', app.technicians_figures(v_day, v_day)));
END $$;
GRANT EXECUTE ON FUNCTION app.figures(date) TO authenticated_users;
