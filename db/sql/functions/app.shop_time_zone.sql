-- The shop's time zone; UTC until the first start has written it.
CREATE FUNCTION app.shop_time_zone() RETURNS text LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE(app.setting('time_zone'), 'UTC');
END $$;
GRANT EXECUTE ON FUNCTION app.shop_time_zone() TO authenticated_users;
