-- Refuses hours that are not 0.01 to 999.99 by the constraint's name; NULL is not refused. NaN sorts above all numbers.
CREATE FUNCTION app.check_hours(p_hours numeric, p_constraint text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF p_hours < 0.01 OR p_hours > 999.99 THEN
        RAISE EXCEPTION 'hours must be between 0.01 and 999.99' USING ERRCODE = 'check_violation', CONSTRAINT = p_constraint;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.check_hours(numeric, text) TO repair_bot;
