-- db.models.HoursSaved: when the shop is open from now on, the next of its holidays, and the settings counted in its hours.
-- p_seen: what the asker's form showed (app.shown()); what stands in it as it did stays as it is by now, and what somebody else
-- has changed, too, is not overwritten.
CREATE FUNCTION app.save_hours(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_seen jsonb,
                               p_hours jsonb, p_holidays jsonb, p_settings jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_now    jsonb;
    v_wanted jsonb;
    v_others jsonb;                               -- what they have changed
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    LOCK TABLE shop_hours, shop_holidays, shop_settings IN SHARE ROW EXCLUSIVE MODE;   -- whoever is writing them is waited for
    v_now := app.hours_compared(app.hours_document());
    v_wanted := app.touched(p_seen, p_settings || jsonb_build_object('hours', p_hours, 'holidays', p_holidays));
    v_others := app.overtaken(p_seen, v_now, v_wanted);
    IF v_others IS NOT NULL THEN
        PERFORM app.refuse('hours_changed', 'the shop''s hours or settings have been changed meanwhile', jsonb_build_object(
            'changes', (SELECT jsonb_agg(c || CASE c ->> 'field' WHEN 'hours' THEN app.last_change('system', 'shop_hours')
                                                                 WHEN 'holidays' THEN app.last_change('system', 'shop_holidays')
                                                                 ELSE app.last_change('system', 'shop_settings', c ->> 'field') END)
                          FROM jsonb_array_elements(v_others) c)), 'object_not_in_prerequisite_state');
    END IF;
    DELETE FROM shop_hours h WHERE NOT v_wanted -> 'hours' ? h.weekday::text;
    INSERT INTO shop_hours AS h (weekday, opens, closes)
    SELECT d.key::smallint, (d.value ->> 0)::time, (d.value ->> 1)::time FROM jsonb_each(v_wanted -> 'hours') d
    ON CONFLICT (weekday) DO UPDATE SET opens = EXCLUDED.opens, closes = EXCLUDED.closes
     WHERE (h.opens, h.closes) <> (EXCLUDED.opens, EXCLUDED.closes);
    DELETE FROM shop_holidays x                               -- of those that app.hours_document() shows
     WHERE x.day >= app.shop_today() AND NOT v_wanted -> 'holidays' ? x.day::text
       AND x.day <= COALESCE((SELECT y.day FROM shop_holidays y WHERE y.day >= app.shop_today() ORDER BY y.day OFFSET 13 LIMIT 1), x.day);
    INSERT INTO shop_holidays AS x (day, name) SELECT d.key::date, d.value FROM jsonb_each_text(v_wanted -> 'holidays') d
    ON CONFLICT (day) DO UPDATE SET name = EXCLUDED.name WHERE x.name <> EXCLUDED.name;
    INSERT INTO shop_settings AS s (key, value) SELECT d.key, d.value FROM jsonb_each_text(v_wanted - '{hours,holidays}'::text[]) d WHERE d.key ~ '^((due_hours|remind|labour)_|(hourly_rate|approval_limit|summary_time|time_zone)$)'
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE s.value <> EXCLUDED.value;
    RETURN app.end_request(p_key, app.hours_document() || jsonb_build_object('actor', v_actor, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.save_hours(text, text, text[], text, text, jsonb, jsonb, jsonb, jsonb) TO repair_bot;
