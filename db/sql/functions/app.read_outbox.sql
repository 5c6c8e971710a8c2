-- db.models.Outbox: how much waits, and for how long what is due; what is dead; what was dropped within a day.
CREATE FUNCTION app.read_outbox() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'messages', (
            SELECT COALESCE(jsonb_object_agg(s.state, s.kinds), '{}')
              FROM (SELECT c.state, jsonb_object_agg(c.kind, c.number) AS kinds
                      FROM (SELECT n.state, n.kind, count(*) AS number FROM notifications n WHERE n.state = 'waiting' GROUP BY 1, 2
                            UNION ALL
                            SELECT n.state, n.kind, count(*) FROM notifications n WHERE n.state = 'dead' GROUP BY 1, 2
                            UNION ALL
                            SELECT n.state, n.kind, count(*) FROM notifications n
                             WHERE n.state = 'dropped' AND n.kind <> 'card' AND n.updated_at > now() - interval '1 day'
                             GROUP BY 1, 2) c
                     GROUP BY c.state) s),
        'oldest_seconds', COALESCE((
            SELECT extract(epoch FROM now() - min(n.due)) FROM notifications n WHERE n.state = 'waiting' AND n.due <= now()), 0))
$$;
GRANT EXECUTE ON FUNCTION app.read_outbox() TO repair_bot;
