-- What everybody completed on the local days of the shop from p_from to p_to, and has open now, by name: an array of
-- db.models.SummaryLine. Active technicians, and whoever else completed or has something.
CREATE FUNCTION app.technicians_figures(p_from date, p_to date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_from timestamptz := p_from::timestamp AT TIME ZONE app.shop_time_zone();
    v_to   timestamptz := (p_to + 1)::timestamp AT TIME ZONE app.shop_time_zone();
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN (
        WITH done AS MATERIALIZED (
            SELECT t.tech, count(*) AS n, COALESCE(sum(t.actual_hours), 0) AS hours FROM tickets t
             WHERE t.completed AND t.completed_at >= v_from AND t.completed_at < v_to
             GROUP BY t.tech),
        open AS MATERIALIZED (
            SELECT t.tech, count(*) AS n FROM tickets t WHERE NOT t.completed GROUP BY t.tech)
        SELECT COALESCE(jsonb_agg(jsonb_build_object('name', u.display_name, 'completed', COALESCE(d.n, 0),
                                                     'hours', COALESCE(d.hours, 0), 'open', COALESCE(o.n, 0))
                                  ORDER BY lower(u.display_name), u.id), '[]')
          FROM user_permissions u
          LEFT JOIN done d ON d.tech = u.email
          LEFT JOIN open o ON o.tech = u.email
         WHERE (u.role = 'Technician' AND u.is_active) OR d.n > 0 OR o.n > 0);
END $$;
GRANT EXECUTE ON FUNCTION app.technicians_figures(date, date) TO authenticated_users;
