-- db.models.PeriodSummary: the week or month up to yesterday by the shop's clock ('week': seven days; 'month': since the
-- first of yesterday's), what there is to compare it with, and what is open now. The flow begins four weeks before the week,
-- or with the month before the month.
CREATE FUNCTION app.read_period(p_team text, p_user text, p_roles text[], p_source text, p_kind text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_today date := app.shop_today();
    v_last  date := v_today - 1;
    v_first date := CASE p_kind WHEN 'month' THEN date_trunc('month', v_last::timestamp)::date ELSE v_last - 6 END;
    v_begin date := CASE p_kind WHEN 'month' THEN (v_first - interval '1 month')::date ELSE v_first - 28 END;
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN jsonb_build_object('actor', v_actor, 'report', jsonb_build_object(
        'kind', p_kind, 'first', v_first, 'last', v_last,
        'flow', app.flow(v_begin, v_last),
        'technicians', app.technicians_figures(v_first, v_last),
        'backlog', app.figures(v_today),
        'months', CASE p_kind WHEN 'month' THEN COALESCE((
            SELECT jsonb_agg(jsonb_build_object('month', (m.month AT TIME ZONE app.shop_time_zone())::date, 'filed', m.total_tickets,
                                                'completed', m.completed_tickets, 'hours_each', round(m.avg_hours, 2)) ORDER BY m.month DESC)
              FROM (SELECT x.* FROM monthly_performance x ORDER BY x.month DESC LIMIT 6) m), '[]') ELSE '[]' END));
END $$;
GRANT EXECUTE ON FUNCTION app.read_period(text, text, text[], text, text) TO repair_bot;
