-- What a timer that has run for p_worked books: hours, rounded up to the setting labour_rounding_minutes. Less than half a
-- minute is a slip of the finger and books nothing; more than 999.99 can't be kept. Without a timer there are no hours
-- (STRICT: LEAST alone would make 999.99 of NULL).
CREATE FUNCTION app.booked_hours(p_worked interval) RETURNS numeric
LANGUAGE plpgsql STABLE STRICT SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT CASE WHEN p_worked < interval '30 seconds' THEN 0
                ELSE LEAST(round(ceil(round(extract(epoch FROM p_worked) / 60) / r.step) * r.step / 60, 2), 999.99) END
      FROM (SELECT app.setting('labour_rounding_minutes')::numeric AS step) r);
END $$;
GRANT EXECUTE ON FUNCTION app.booked_hours(interval) TO repair_bot;
