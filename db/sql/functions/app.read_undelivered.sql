-- db.models.Undelivered: what was given up, from below p_before (NULL: the first page)
CREATE FUNCTION app.read_undelivered(p_team text, p_user text, p_roles text[], p_source text, p_before bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager');
    RETURN app.undelivered_document(p_before) || jsonb_build_object('actor', v_actor);
END $$;
GRANT EXECUTE ON FUNCTION app.read_undelivered(text, text, text[], text, bigint) TO repair_bot;
