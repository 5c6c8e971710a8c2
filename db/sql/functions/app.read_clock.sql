-- db.models.Clock: by which clock the asker reads and writes times, and when the shop closes, by day of the week (1: Monday).
CREATE FUNCTION app.read_clock(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object(
        'actor', v_actor,
        'now', now(),
        'zone', (SELECT COALESCE(p.time_zone, u.slack_time_zone, app.shop_time_zone())
                   FROM user_permissions u LEFT JOIN preferences p ON p.user_id = u.id WHERE u.id = (v_actor ->> 'id')::integer),
        'shop_zone', app.shop_time_zone(),
        'closes', COALESCE((SELECT jsonb_object_agg(h.weekday, h.closes) FROM shop_hours h), '{}'));
END $$;
GRANT EXECUTE ON FUNCTION app.read_clock(text, text, text[], text) TO repair_bot;
