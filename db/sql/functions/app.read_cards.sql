-- db.models.CardsSeen: what a whole channel may read of those of these tickets that the asker sees, in the order given.
CREATE FUNCTION app.read_cards(p_team text, p_user text, p_roles text[], p_source text, p_tickets integer[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    RETURN jsonb_build_object('actor', v_actor, 'tickets', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
                   'id', t.id, 'title', t.title, 'priority', t.priority, 'category', t.category, 'completed', t.completed,
                   'created_at', t.created_at, 'completed_at', t.completed_at, 'due_at', t.due_at,
                   'worker_name', app.worker_name(t.tech), 'filed_by_name', app.person_name(t.created_by),
                   'actual_hours', t.actual_hours, 'bench_status', t.bench_status,
                   'device', NULLIF(concat_ws(' ', t.device_type, t.device_model), '')) ORDER BY w.n)
          FROM unnest(p_tickets) WITH ORDINALITY w (id, n) JOIN tickets t ON t.id = w.id), '[]'));
END $$;
GRANT EXECUTE ON FUNCTION app.read_cards(text, text, text[], text, integer[]) TO repair_bot;
