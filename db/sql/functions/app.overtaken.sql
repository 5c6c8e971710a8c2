-- Where somebody was overtaken: [{field, touched: whether they want something else than their form showed, old: missing where it
-- carried a mark of that, new, shown: what it carries from now on}]; NULL: nowhere. p_seen: what the form showed (app.shown()),
-- p_now: what is so now, read under a lock, p_wanted: what is to be. Values are compared, not times: whoever came in between is
-- noticed however long their transaction took, and who changed a value back isn't in the way.
CREATE FUNCTION app.overtaken(p_seen jsonb, p_now jsonb, p_wanted jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object('field', w.key, 'touched', w.value IS DISTINCT FROM p_seen -> w.key,
                                            'new', p_now -> w.key, 'shown', app.shown(p_now) -> w.key)
                         || CASE WHEN p_seen ->> w.key LIKE 'md5:%' THEN '{}' ELSE jsonb_build_object('old', p_seen -> w.key) END
                         ORDER BY w.key)
          FROM jsonb_each(p_wanted) w
         WHERE p_now -> w.key IS DISTINCT FROM w.value AND app.shown(p_now) -> w.key IS DISTINCT FROM p_seen -> w.key);
END $$;
GRANT EXECUTE ON FUNCTION app.overtaken(jsonb, jsonb, jsonb) TO repair_bot;
