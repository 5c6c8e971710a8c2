-- db.models.OutboxReport: how many messages are in each state, and the first p_limit that wait or are dead (p_failed:
-- that are dead alone), those due the longest first. Nothing about people: for the operator's terminal.
CREATE FUNCTION app.list_notifications(p_failed boolean, p_limit integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH listed AS MATERIALIZED (
        SELECT u.* FROM (SELECT n.* FROM notifications n WHERE n.state = 'dead'    -- each has its partial index
                         UNION ALL
                         SELECT n.* FROM notifications n WHERE n.state = 'waiting' AND NOT p_failed) u
         ORDER BY u.due, u.id LIMIT p_limit)
    SELECT jsonb_build_object(
        'states', '{"waiting": 0, "dead": 0, "sent": 0, "dropped": 0}'::jsonb || (
            SELECT COALESCE(jsonb_object_agg(s.state, s.number), '{}')
              FROM (SELECT n.state, count(*) AS number FROM notifications n GROUP BY 1) s),
        'messages', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                       'id', l.id, 'kind', l.kind, 'ticket_id', l.ticket_id, 'state', l.state, 'attempts', l.attempts,
                       'due', l.due, 'age_seconds', extract(epoch FROM now() - l.created_at), 'error', l.error)
                       ORDER BY l.due, l.id)
              FROM listed l), '[]'))
$$;
GRANT EXECUTE ON FUNCTION app.list_notifications(boolean, integer) TO repair_bot;
