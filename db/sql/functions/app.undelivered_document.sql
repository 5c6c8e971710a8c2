-- What was given up, the newest first, ten a page, from below p_before (NULL: the first page): db.models.Undelivered
-- without its actor.
CREATE FUNCTION app.undelivered_document(p_before bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH found AS MATERIALIZED (
        SELECT n.* FROM notifications n
         WHERE n.state = 'dead' AND (p_before IS NULL OR n.id < p_before)
         ORDER BY n.id DESC LIMIT 11),
    page AS (SELECT f.* FROM found f ORDER BY f.id DESC LIMIT 10)
    SELECT jsonb_build_object(
        'total', (SELECT count(*) FROM notifications n WHERE n.state = 'dead'),
        'has_next', (SELECT count(*) > 10 FROM found),
        'has_previous', p_before IS NOT NULL,
        'messages', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                       'id', p.id, 'kind', p.kind, 'ticket_id', p.ticket_id, 'title', t.title, 'destination', p.destination,
                       'to', app.destination_name(p.destination), 'error', p.error, 'given_up_at', p.updated_at)
                       ORDER BY p.id DESC)
              FROM page p LEFT JOIN tickets t ON t.id = p.ticket_id), '[]'))
$$;
