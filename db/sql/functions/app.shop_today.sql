-- The date that it is in the shop.
CREATE FUNCTION app.shop_today(p_now timestamptz DEFAULT now()) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (p_now AT TIME ZONE app.shop_time_zone())::date;
END $$;
GRANT EXECUTE ON FUNCTION app.shop_today(timestamptz) TO authenticated_users;
