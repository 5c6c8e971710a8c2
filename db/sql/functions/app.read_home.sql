-- db.models.Home: my open tickets, the head of the queue for who has one, the day so far for who sees the figures.
-- How many messages were given up is for Managers. p_opened: the person has just opened it, so it is to be kept fresh from now on.
CREATE FUNCTION app.read_home(p_team text, p_user text, p_roles text[], p_source text, p_opened boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    IF p_opened THEN
        PERFORM app.note_home_opened();        -- before the tickets are read: a change in between is shown afterwards
    END IF;
    RETURN (
        WITH mine AS MATERIALIZED (
            SELECT t.id, t.priority_rank, t.created_at, t.bench_status FROM tickets t
             WHERE NOT t.completed AND (t.tech = app.user_email() OR t.created_by = app.user_id())),
        queue AS NOT MATERIALIZED (
            SELECT t.id, t.priority_rank, t.created_at FROM tickets t
             WHERE NOT t.completed AND t.tech = 'unassigned' AND app.user_role() <> 'Regular User')
        SELECT jsonb_build_object(
                   'actor', v_actor, 'due', app.due_counts(),
                   'mine', app.ticket_lines(ARRAY(SELECT m.id FROM mine m ORDER BY m.priority_rank, m.created_at, m.id LIMIT 10)),
                   'mine_total', (SELECT count(*) FROM mine),
                   'bench', (SELECT COALESCE(jsonb_object_agg(b.bench_status, b.n), '{}')
                               FROM (SELECT m.bench_status, count(*) AS n FROM mine m GROUP BY m.bench_status) b),
                   'timer', app.timer_document(),
                   'queue', app.ticket_lines(ARRAY(SELECT q.id FROM queue q ORDER BY q.priority_rank, q.created_at, q.id LIMIT 5)),
                   'queue_length', CASE WHEN app.user_role() <> 'Regular User' THEN (SELECT count(*) FROM queue) END,
                   'today', CASE WHEN app.user_role() IN ('Manager', 'Viewer') THEN app.figures(app.shop_today()) END,
                   'undelivered', app.count_undelivered()));
END $$;
GRANT EXECUTE ON FUNCTION app.read_home(text, text, text[], text, boolean) TO repair_bot;
