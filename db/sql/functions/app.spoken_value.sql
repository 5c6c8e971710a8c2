-- A ticket's column as people read it in its history: names instead of an e-mail or a customer's number, NULL for nobody.
-- Long texts are cut.
CREATE FUNCTION app.spoken_value(p_column text, p_value text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN CASE WHEN p_value IS NULL THEN NULL
                WHEN p_column = 'tech' AND p_value = 'unassigned' THEN NULL
                WHEN p_column = 'tech' THEN COALESCE(app.worker_name(p_value), 'a former colleague')
                WHEN p_column = 'customer_id' THEN app.customer_name(p_value::integer)
                WHEN length(p_value) > 500 THEN left(p_value, 499) || '…'
                ELSE p_value END;
END $$;
GRANT EXECUTE ON FUNCTION app.spoken_value(text, text) TO repair_bot;
