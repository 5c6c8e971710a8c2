-- db.models.HoursSaved: when the shop is open from now on, the next of its holidays, and the settings counted in its hours.
-- p_seen: the mark of what the asker was looking at; what somebody else has changed since is not overwritten.
CREATE FUNCTION app.save_hours(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_seen text,
                               p_hours jsonb, p_holidays jsonb, p_settings jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    LOCK TABLE shop_hours IN SHARE ROW EXCLUSIVE MODE;         -- of two who save at once, the second sees what the first did
    IF app.hours_document() ->> 'mark' <> p_seen THEN
        PERFORM app.refuse('hours_changed', 'the hours have been changed meanwhile', '{}', 'object_not_in_prerequisite_state');
    END IF;
    DELETE FROM shop_hours h WHERE NOT p_hours ? h.weekday::text;
    INSERT INTO shop_hours AS h (weekday, opens, closes)
    SELECT d.key::smallint, (d.value ->> 0)::time, (d.value ->> 1)::time FROM jsonb_each(p_hours) d
    ON CONFLICT (weekday) DO UPDATE SET opens = EXCLUDED.opens, closes = EXCLUDED.closes
     WHERE (h.opens, h.closes) <> (EXCLUDED.opens, EXCLUDED.closes);
    DELETE FROM shop_holidays x                               -- of those that app.hours_document() shows
     WHERE x.day >= app.shop_today() AND NOT p_holidays ? x.day::text
       AND x.day <= COALESCE((SELECT y.day FROM shop_holidays y WHERE y.day >= app.shop_today() ORDER BY y.day OFFSET 13 LIMIT 1), x.day);
    INSERT INTO shop_holidays AS x (day, name) SELECT d.key::date, d.value FROM jsonb_each_text(p_holidays) d
    ON CONFLICT (day) DO UPDATE SET name = EXCLUDED.name WHERE x.name <> EXCLUDED.name;
    INSERT INTO shop_settings AS s (key, value) SELECT d.key, d.value FROM jsonb_each_text(p_settings) d WHERE d.key ~ '^((due_hours|remind|labour)_|(hourly_rate|approval_limit|summary_time|time_zone)$)'
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE s.value <> EXCLUDED.value;
    RETURN app.end_request(p_key, app.hours_document() || jsonb_build_object('actor', v_actor, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.save_hours(text, text, text[], text, text, text, jsonb, jsonb, jsonb) TO repair_bot;
