-- db.models.TicketFiles
CREATE FUNCTION app.read_files(p_team text, p_user text, p_roles text[], p_source text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    RETURN app.files_document(v_actor, p_ticket);
END $$;
GRANT EXECUTE ON FUNCTION app.read_files(text, text, text[], text, integer) TO repair_bot;
