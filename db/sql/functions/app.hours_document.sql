-- What app.read_hours() and app.save_hours() answer but for who asks; shown: what of it a form carries (app.shown()).
CREATE FUNCTION app.hours_document() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_facts jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    v_facts := jsonb_build_object(
        'hours', COALESCE((SELECT jsonb_object_agg(h.weekday, jsonb_build_array(h.opens, h.closes)) FROM shop_hours h), '{}'),
        'holidays', COALESCE((SELECT jsonb_agg(jsonb_build_object('day', x.day, 'name', x.name) ORDER BY x.day)
                                FROM (SELECT * FROM shop_holidays y WHERE y.day >= app.shop_today() ORDER BY y.day LIMIT 14) x), '[]'),   -- they fit into a form
        'settings', COALESCE((SELECT jsonb_object_agg(s.key, s.value) FROM shop_settings s WHERE s.key ~ '^((due_hours|remind|labour)_|(hourly_rate|approval_limit|summary_time|time_zone)$)'), '{}'));
    RETURN v_facts || jsonb_build_object('zone', app.shop_time_zone(), 'shown', app.shown(app.hours_compared(v_facts)));
END $$;
GRANT EXECUTE ON FUNCTION app.hours_document() TO repair_bot;
