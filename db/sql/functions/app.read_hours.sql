-- db.models.ShopHours
CREATE FUNCTION app.read_hours(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN app.hours_document() || jsonb_build_object('actor', v_actor);
END $$;
GRANT EXECUTE ON FUNCTION app.read_hours(text, text, text[], text) TO repair_bot;
