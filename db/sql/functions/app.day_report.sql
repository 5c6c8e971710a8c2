-- db.models.DayReport: what app.day_figures() gave, now or when it was kept, with the tickets as they are now, in its order.
CREATE FUNCTION app.day_report(p_figures jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN p_figures - 'lines' || COALESCE((
        SELECT jsonb_object_agg(l.key, app.lines_in_order(ARRAY(
                   SELECT i.value::integer FROM jsonb_array_elements_text(l.value) WITH ORDINALITY i (value, n) ORDER BY i.n)))
          FROM jsonb_each(p_figures -> 'lines') l), '{}');
END $$;
GRANT EXECUTE ON FUNCTION app.day_report(jsonb) TO repair_bot;
