-- A page of the tickets that a claimed errand is to send, in the order of their numbers, after p_after, as an array of
-- arrays of texts: the columns of bot.exports. Times are by the shop's clock. NULL: the claim is lost. Who customers are
-- is told by number and name: their addresses don't leave by a file.
CREATE FUNCTION app.export_tickets(p_id bigint, p_attempts integer, p_after integer, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_month date := (SELECT e.month FROM app.file_errands e
                      WHERE e.id = p_id AND e.attempts = p_attempts AND e.state = 'waiting' AND e.errand = 'tickets');
BEGIN
    IF v_month IS NULL THEN RETURN NULL; END IF;
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_array(
                   x.id::text, x.title, x.bench_status, x.priority, x.category, x.customer_id::text, c.first_name || ' ' || c.last_name,
                   x.device_type, x.device_model, x.device_serial, w.display_name, f.display_name,
                   to_char(x.created_at AT TIME ZONE v_zone, 'YYYY-MM-DD HH24:MI'), to_char(x.due_at AT TIME ZONE v_zone, 'YYYY-MM-DD HH24:MI'),
                   to_char(x.completed_at AT TIME ZONE v_zone, 'YYYY-MM-DD HH24:MI'),
                   x.estimated_hours::text, x.actual_hours::text) ORDER BY x.id)
          FROM (SELECT t.* FROM tickets t
                 WHERE t.id > p_after AND t.id IN (SELECT app.tickets_of_month(v_month))
                 ORDER BY t.id LIMIT p_limit) x
          JOIN customers c ON c.id = x.customer_id
          LEFT JOIN user_permissions w ON w.email = x.tech
          LEFT JOIN user_permissions f ON f.kinde_user_id = x.created_by), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.export_tickets(bigint, integer, integer, integer) TO repair_bot;
