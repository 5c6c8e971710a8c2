-- What a form carries of the values that it shows, for app.overtaken(): Slack lets it carry 3,000 characters, so a long one is
-- there as a mark.
CREATE FUNCTION app.shown(p_values jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(jsonb_object_agg(v.key, CASE WHEN length(v.value::text) > 1000 THEN to_jsonb('md5:' || md5(v.value::text))
                                                 ELSE v.value END), '{}')
      FROM jsonb_each(p_values) v
$$;
GRANT EXECUTE ON FUNCTION app.shown(jsonb) TO repair_bot;
