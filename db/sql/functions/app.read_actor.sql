-- db.models.ActorSeen
CREATE FUNCTION app.read_actor(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN jsonb_build_object('actor', app.set_slack_session(p_team, p_user, p_roles, p_source));
END $$;
GRANT EXECUTE ON FUNCTION app.read_actor(text, text, text[], text) TO repair_bot;
