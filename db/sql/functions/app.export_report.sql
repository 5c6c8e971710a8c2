-- What a month came to, that a claimed errand is to send, as an array of arrays of texts: day by day what was opened,
-- completed and worked, then the same technician by technician, and in all. NULL: the claim is lost.
CREATE FUNCTION app.export_report(p_id bigint, p_attempts integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_zone  text := app.shop_time_zone();
    v_month date := (SELECT e.month FROM app.file_errands e
                      WHERE e.id = p_id AND e.attempts = p_attempts AND e.state = 'waiting' AND e.errand = 'report');
BEGIN
    IF v_month IS NULL THEN RETURN NULL; END IF;
    RETURN (
        WITH its AS MATERIALIZED (
            SELECT (t.created_at AT TIME ZONE v_zone)::date AS opened, (t.completed_at AT TIME ZONE v_zone)::date AS completed,
                   t.actual_hours AS hours, COALESCE(w.display_name, 'nobody') AS worker
              FROM tickets t
              LEFT JOIN user_permissions w ON w.email = t.tech
             WHERE t.id IN (SELECT app.tickets_of_month(v_month))),
        days AS (
            SELECT d::date AS day FROM generate_series(v_month::timestamp, v_month + interval '1 month - 1 day', interval '1 day') d),
        lines AS (
            SELECT 1 AS part, d.day::text AS name, count(*) FILTER (WHERE i.opened = d.day) AS opened,
                   count(*) FILTER (WHERE i.completed = d.day) AS completed,
                   COALESCE(sum(i.hours) FILTER (WHERE i.completed = d.day), 0) AS hours
              FROM days d LEFT JOIN its i ON d.day IN (i.opened, i.completed)
             GROUP BY d.day
            UNION ALL
            SELECT 2, i.worker, count(*) FILTER (WHERE date_trunc('month', i.opened) = v_month),
                   count(*) FILTER (WHERE date_trunc('month', i.completed) = v_month),
                   COALESCE(sum(i.hours) FILTER (WHERE date_trunc('month', i.completed) = v_month), 0)
              FROM its i GROUP BY i.worker
            UNION ALL
            SELECT 3, 'all', count(*) FILTER (WHERE date_trunc('month', i.opened) = v_month),
                   count(*) FILTER (WHERE date_trunc('month', i.completed) = v_month),
                   COALESCE(sum(i.hours) FILTER (WHERE date_trunc('month', i.completed) = v_month), 0)
              FROM its i)
        SELECT jsonb_agg(jsonb_build_array((ARRAY['day', 'technician', 'month'])[l.part], l.name, l.opened::text, l.completed::text, l.hours::text)
                         ORDER BY l.part, l.name)
          FROM lines l);
END $$;
GRANT EXECUTE ON FUNCTION app.export_report(bigint, integer) TO repair_bot;
