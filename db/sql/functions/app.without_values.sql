-- A line of the audit trail that still says which of these columns changed, but not from what to what; all of them for NULL.
CREATE FUNCTION app.without_values(p_metadata jsonb, p_columns text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN NOT p_metadata ? 'table' THEN '{"erased": true}'               -- somebody's own words: log_activity()
        ELSE p_metadata || COALESCE((
            SELECT jsonb_object_agg(side.key, (
                       SELECT jsonb_object_agg(x.key, CASE WHEN x.value <> 'null' AND (x.key = ANY (p_columns)) IS NOT FALSE
                                                           THEN '"(erased)"' ELSE x.value END)
                         FROM jsonb_each(side.value) x))
              FROM jsonb_each(p_metadata) side
             WHERE side.key IN ('old', 'new') AND jsonb_typeof(side.value) = 'object'), '{}') END
$$;
