-- db.models.Panel: my open tickets (I work on or filed), and how long the queue is for who has one.
CREATE FUNCTION app.read_panel(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN (
        WITH mine AS MATERIALIZED (
            SELECT t.id, t.priority_rank, t.created_at FROM tickets t
             WHERE NOT t.completed AND (t.tech = app.user_email() OR t.created_by = app.user_id()))
        SELECT jsonb_build_object(
                   'actor', v_actor, 'due', app.due_counts(),
                   'mine', app.ticket_lines(ARRAY(SELECT m.id FROM mine m ORDER BY m.priority_rank, m.created_at, m.id LIMIT 5)),
                   'mine_total', (SELECT count(*) FROM mine),
                   'timer', app.timer_document(),
                   'queue_length', CASE WHEN app.user_role() <> 'Regular User' THEN
                       (SELECT count(*) FROM tickets t WHERE NOT t.completed AND t.tech = 'unassigned') END));
END $$;
GRANT EXECUTE ON FUNCTION app.read_panel(text, text, text[], text) TO repair_bot;
