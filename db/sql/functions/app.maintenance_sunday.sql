-- The Sunday whose maintenance is the latest due: at two by the shop's clock. A time that the clocks skip is the same time
-- by the old offset, one that they pass twice counts the second time.
CREATE FUNCTION app.maintenance_sunday(p_now timestamptz) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_today  date := app.shop_today(p_now);
    v_sunday date := v_today - extract(dow FROM v_today)::integer;
BEGIN
    RETURN CASE WHEN (v_sunday + time '02:00') AT TIME ZONE app.shop_time_zone() > p_now THEN v_sunday - 7 ELSE v_sunday END;
END $$;
