-- db.models.Pair: what the form that merges two customers needs.
CREATE FUNCTION app.read_pair(p_team text, p_user text, p_roles text[], p_source text, p_first integer, p_second integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager');
    RETURN app.pair_document(p_first, p_second) || jsonb_build_object('actor', v_actor);
END $$;
GRANT EXECUTE ON FUNCTION app.read_pair(text, text, text[], text, integer, integer) TO repair_bot;
