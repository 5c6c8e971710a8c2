-- The key under which the summary of a day is written for somebody: it names the shop's date on which the day is over.
CREATE FUNCTION app.summary_key(p_user integer, p_day date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN format('summary:%s:%s', p_user, to_char(p_day + 1, 'YYYY-MM-DD'));    -- whatever DateStyle is
END $$;
