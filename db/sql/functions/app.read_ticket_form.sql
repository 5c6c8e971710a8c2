-- db.models.TicketFormFacts
CREATE FUNCTION app.read_ticket_form(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object('actor', v_actor, 'technicians', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', s.id, 'name', s.display_name, 'slack_user_id', s.slack_user_id,
                                            'role', s.role, 'is_active', s.is_active) ORDER BY lower(s.display_name), s.id)
          FROM (SELECT * FROM staff_directory d WHERE d.is_active AND d.role = 'Technician'
                 ORDER BY lower(d.display_name), d.id LIMIT 100) s), '[]'));
END $$;
GRANT EXECUTE ON FUNCTION app.read_ticket_form(text, text, text[], text) TO repair_bot;
