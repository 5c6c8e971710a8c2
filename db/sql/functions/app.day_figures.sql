-- The figures of a day and what a summary says beside them, in the form in which they are kept: tickets by their numbers,
-- so that nothing about a customer stays in what was kept (app.day_report() fills them in). The flow goes back four
-- weeks, for the same weekdays before.
CREATE FUNCTION app.day_figures(p_day date DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_day      date := COALESCE(p_day, app.shop_today() - 1);
    v_week_ago timestamptz := now() - interval '7 days';
BEGIN
    RETURN app.figures(v_day) || jsonb_build_object(
        'flow', app.flow(v_day - 28, v_day),
        'open_week_ago', CASE WHEN (SELECT min(t.created_at) FROM tickets t) < v_week_ago THEN
            (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.created_at < v_week_ago)
          + (SELECT count(*) FROM tickets t WHERE t.completed AND t.completed_at >= v_week_ago AND t.created_at < v_week_ago) END,
        'lines', jsonb_build_object(
            'oldest', ARRAY(SELECT t.id FROM tickets t WHERE NOT t.completed ORDER BY t.created_at, t.id LIMIT 1),
            'queue', ARRAY(SELECT t.id FROM tickets t WHERE NOT t.completed AND t.tech = 'unassigned'
                            ORDER BY t.priority_rank, t.created_at, t.id LIMIT 5),
            'past_due', ARRAY(SELECT t.id FROM tickets t WHERE NOT t.completed AND t.due_at <= now()
                           ORDER BY t.due_at, t.id LIMIT 5),
            'held_up', ARRAY(SELECT t.id FROM tickets t
                              WHERE NOT t.completed AND t.bench_status IN ('waiting_approval', 'waiting_parts')
                              ORDER BY t.created_at, t.id LIMIT 5)));
END $$;
GRANT EXECUTE ON FUNCTION app.day_figures(date) TO repair_bot;
