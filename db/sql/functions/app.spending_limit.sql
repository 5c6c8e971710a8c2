-- What a repair may cost before its customer is asked, in dollars: what they said, else what the shop has. NULL: anything.
CREATE FUNCTION app.spending_limit(p_said numeric) RETURNS numeric
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(p_said, NULLIF(app.setting('approval_limit'), 'off')::numeric)
$$;
GRANT EXECUTE ON FUNCTION app.spending_limit(numeric) TO repair_bot;
