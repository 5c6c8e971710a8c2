-- db.models.Settings
CREATE FUNCTION app.read_settings(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object('actor', v_actor, 'preferences', app.preferences_document());
END $$;
GRANT EXECUTE ON FUNCTION app.read_settings(text, text, text[], text) TO repair_bot;
