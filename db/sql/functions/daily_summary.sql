-- The figures of a local day of the shop, today unless said otherwise, as a row: app.figures() has more.
CREATE FUNCTION daily_summary(p_day date DEFAULT NULL)
RETURNS TABLE (day date, opened bigint, completed bigint, open_total bigint, open_unassigned bigint, open_urgent bigint, hours numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT f.day, f.opened, f.completed, f.open, f.unassigned, f.urgent, f.hours
      FROM jsonb_to_record(app.figures(COALESCE(p_day, app.shop_today())))
        AS f (day date, opened bigint, completed bigint, open bigint, unassigned bigint, urgent bigint, hours numeric)
$$;
GRANT EXECUTE ON FUNCTION daily_summary(date) TO authenticated_users;
