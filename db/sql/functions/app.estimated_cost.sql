-- What so many hours cost, in dollars, at the shop's hourly rate.
CREATE FUNCTION app.estimated_cost(p_hours numeric) RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN round(p_hours * app.setting('hourly_rate')::numeric, 2);
END $$;
GRANT EXECUTE ON FUNCTION app.estimated_cost(numeric) TO repair_bot;
