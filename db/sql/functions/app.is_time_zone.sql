-- Whether clocks can be set by it: a zone's name, no bare offset, which PostgreSQL reads with the sign the other way round.
CREATE FUNCTION app.is_time_zone(p_name text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (now() AT TIME ZONE p_name) IS NOT NULL AND p_name !~ '^[+-]?\d';
EXCEPTION WHEN data_exception THEN
    RETURN false;
END $$;
GRANT EXECUTE ON FUNCTION app.is_time_zone(text) TO authenticated_users;
