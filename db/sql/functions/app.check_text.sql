-- Refuses a missing, blank or too long text by the constraint's name: a column's length alone fails without one.
CREATE FUNCTION app.check_text(p_value text, p_longest integer, p_constraint text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF (btrim(p_value, E' \t\r\n') <> '' AND length(p_value) <= p_longest) IS NOT TRUE THEN
        RAISE EXCEPTION 'blank, or longer than % characters', p_longest USING ERRCODE = 'check_violation', CONSTRAINT = p_constraint;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.check_text(text, integer, text) TO repair_bot;
