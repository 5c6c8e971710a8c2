-- Who changed any of these columns of a ticket, or its device_passcode, after its updated_at was p_seen, and which: {who,
-- fields, changes: [{field, who, old, new}], seen: the updated_at until which this is so}; NULL: nobody.
CREATE FUNCTION app.changed_since(p_ticket integer, p_seen timestamptz, VARIADIC p_columns text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_updated_at timestamptz := (SELECT t.updated_at FROM tickets t WHERE t.id = p_ticket);
BEGIN
    IF v_updated_at IS NOT DISTINCT FROM p_seen THEN RETURN NULL; END IF;
    RETURN (
        WITH trail AS MATERIALIZED (
        SELECT a.id, COALESCE(app.person_name(a.user_id), 'The system') AS who, r.had, a.old, a.new
          FROM app.ticket_trail(p_ticket, LEAST(p_seen, v_updated_at)) a
         CROSS JOIN LATERAL (SELECT COALESCE(NULLIF(a.new, 'null'), a.old) AS had) r       -- a removed passcode is only old
         -- a transaction that began before p_seen may have waited and come after it: the last change counts too
         WHERE (a.at > p_seen OR a.at = v_updated_at)
           AND ((a.action = 'UPDATE' AND a.changed = 'tickets') OR a.changed = 'ticket_secrets') AND r.had ?| p_columns),
        changes AS (
        SELECT c.name AS field, (array_agg(l.who ORDER BY l.id DESC))[1] AS who,
               (array_agg(l.old ->> c.name ORDER BY l.id))[1] AS old, (array_agg(l.new ->> c.name ORDER BY l.id DESC))[1] AS new
          FROM trail l JOIN unnest(p_columns) c (name) ON l.had ? c.name GROUP BY c.name)
        SELECT jsonb_build_object(
                   'who', l.who,
                   'fields', (SELECT jsonb_agg(c ORDER BY c) FROM unnest(p_columns) c WHERE l.had ? c),
                   'seen', v_updated_at,
                   'changes', (SELECT jsonb_agg(CASE WHEN c.field = 'device_passcode' THEN jsonb_build_object('field', c.field, 'who', c.who)
                                                ELSE jsonb_build_object('field', c.field, 'who', c.who,
                                                                        'old', app.spoken_value(c.field, c.old),
                                                                        'new', app.spoken_value(c.field, c.new)) END ORDER BY c.field)
                                 FROM changes c))
          FROM trail l ORDER BY l.id DESC LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION app.changed_since(integer, timestamptz, text[]) TO repair_bot;
