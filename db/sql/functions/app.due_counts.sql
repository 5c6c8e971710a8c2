-- db.models.DueCounts: how many of the open tickets that the asker sees are overdue, and due before the shop's day ends.
CREATE FUNCTION app.due_counts() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_tomorrow timestamptz := (app.shop_today() + 1)::timestamp AT TIME ZONE app.shop_time_zone();
BEGIN
    RETURN (SELECT jsonb_build_object('overdue', count(*) FILTER (WHERE t.due_at < now()), 'today', count(*) FILTER (WHERE t.due_at >= now()))
              FROM tickets t WHERE NOT t.completed AND t.due_at < v_tomorrow);
END $$;
GRANT EXECUTE ON FUNCTION app.due_counts() TO repair_bot;
