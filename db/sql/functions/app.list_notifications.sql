-- db.models.OutboxReport: how many messages are in each state, and the first p_limit that wait or are dead (p_failed:
-- that are dead alone), those due the longest first. Nothing about people: for the operator's terminal.
CREATE FUNCTION app.list_notifications(p_failed boolean, p_limit integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH listed AS MATERIALIZED (
        SELECT n.* FROM notifications n
         WHERE n.state = 'dead' OR (n.state = 'waiting' AND NOT p_failed)
         ORDER BY n.due, n.id LIMIT p_limit)
    SELECT jsonb_build_object(
        'states', (SELECT jsonb_object_agg(s.state, (SELECT count(*) FROM notifications n WHERE n.state = s.state))
                     FROM unnest('{waiting,dead,sent,dropped}'::text[]) AS s (state)),
        'messages', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                       'id', l.id, 'kind', l.kind, 'ticket_id', l.ticket_id, 'state', l.state, 'attempts', l.attempts,
                       'due', l.due, 'age_seconds', extract(epoch FROM now() - l.created_at), 'error', l.error)
                       ORDER BY l.due, l.id)
              FROM listed l), '[]'))
$$;
GRANT EXECUTE ON FUNCTION app.list_notifications(boolean, integer) TO repair_bot;
