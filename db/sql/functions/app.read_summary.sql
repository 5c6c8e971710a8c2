-- db.models.Summary
CREATE FUNCTION app.read_summary(p_team text, p_user text, p_roles text[], p_source text, p_day date) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object('actor', v_actor, 'figures', app.day_report(app.day_figures(p_day)));
END $$;
GRANT EXECUTE ON FUNCTION app.read_summary(text, text, text[], text, date) TO repair_bot;
