-- db.models.Team
CREATE FUNCTION app.read_team(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN jsonb_build_object('actor', v_actor, 'technicians', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
                   'name', p.name, 'total_tickets', p.total_tickets, 'completed_tickets', p.completed_tickets,
                   'open_tickets', p.open_tickets, 'completion_rate', p.completion_rate,
                   'avg_hours_per_ticket', round(p.avg_hours_per_ticket, 2),
                   'avg_completion_time_hours', round(p.avg_completion_time_hours, 2)) ORDER BY lower(p.name), p.tech)
          FROM (SELECT app.worker_name(x.tech) AS name, x.* FROM technician_performance x) p), '[]'));
END $$;
GRANT EXECUTE ON FUNCTION app.read_team(text, text, text[], text) TO repair_bot;
