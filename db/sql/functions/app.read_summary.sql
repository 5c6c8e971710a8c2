-- db.models.Summary: of a day of which a summary was sent, what stood in it; else the day as it is counted now.
CREATE FUNCTION app.read_summary(p_team text, p_user text, p_roles text[], p_source text, p_day date) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_today   date := app.shop_today();
    v_figures jsonb;
BEGIN
    IF p_day > v_today THEN
        PERFORM app.refuse('summary_day_ahead', 'that day is still to come', jsonb_build_object('day', p_day));
    END IF;
    v_figures := COALESCE(app.kept_summary((v_actor ->> 'id')::integer, p_day), app.day_figures(p_day));
    RETURN jsonb_build_object('actor', v_actor, 'chart', v_figures -> 'chart',
        'figures', app.day_report(v_figures - 'chart') || jsonb_build_object('today', v_today));
END $$;
GRANT EXECUTE ON FUNCTION app.read_summary(text, text, text[], text, date) TO repair_bot;
