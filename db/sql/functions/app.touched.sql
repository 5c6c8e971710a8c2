-- What of p_wanted, all that stood in a form when it was sent, is something else than what the form showed (p_seen: app.shown()).
CREATE FUNCTION app.touched(p_seen jsonb, p_wanted jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(jsonb_object_agg(w.key, p_wanted -> w.key), '{}')
      FROM jsonb_each(app.shown(p_wanted)) w
     WHERE w.value IS DISTINCT FROM p_seen -> w.key
$$;
GRANT EXECUTE ON FUNCTION app.touched(jsonb, jsonb) TO repair_bot;
