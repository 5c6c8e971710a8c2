-- db.models.History: the audit trail and the notes in people's terms, newest first. What the trail no longer has, since
-- it is kept for some months only, is told from the ticket's events.
CREATE FUNCTION app.read_history(p_team text, p_user text, p_roles text[], p_source text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    c_columns CONSTANT text[] := '{title,description,priority,category,customer_id,tech,estimated_hours,actual_hours,completed,
                                bench_status,due_at,device_type,device_model,device_serial,device_condition,device_accessories}';
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_line  jsonb := app.ticket_lines(ARRAY[p_ticket]) -> 0;
BEGIN
    IF v_line IS NULL THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    RETURN (
        WITH trail AS MATERIALIZED (
            SELECT a.* FROM app.ticket_trail(p_ticket) a),
        changes AS (
            SELECT a.at, a.id AS n, app.person_name(a.user_id) AS who, a.source,
                   CASE WHEN a.action = 'REVEAL_PASSCODE' THEN 'revealed'
                        WHEN a.changed = 'ticket_attachments' THEN CASE a.action WHEN 'INSERT' THEN 'attached' ELSE 'detached' END
                        WHEN a.action = 'INSERT' AND a.changed = 'tickets' THEN 'filed'
                        WHEN a.new ->> 'completed' = 'false' AND a.at IN (SELECT c.undone_at FROM ticket_completions c WHERE c.ticket_id = p_ticket)
                        THEN 'undone' ELSE 'changed' END AS kind,
                   CASE WHEN a.changed = 'ticket_secrets' THEN jsonb_build_array(jsonb_build_object(
                            'field', 'passcode', 'old', a.old -> 'device_passcode', 'new', a.new -> 'device_passcode'))
                        WHEN a.action = 'UPDATE' THEN (
                       SELECT jsonb_agg(jsonb_build_object('field', c.name,
                                                           'old', app.spoken_value(c.name, a.old ->> c.name),
                                                           'new', app.spoken_value(c.name, a.new ->> c.name)) ORDER BY c.n)
                              || CASE WHEN a.new ->> 'completed' = 'true' THEN app.checks_counted(p_ticket, a.at) ELSE '[]' END
                         FROM unnest(c_columns) WITH ORDINALITY c (name, n) WHERE a.new ? c.name
                          AND NOT (c.name = 'bench_status' AND a.new ? 'completed'                -- implied by it
                                   AND a.new ->> 'bench_status' IN ('ready', 'received', 'in_repair'))) END AS changes,
                   CASE WHEN a.changed = 'ticket_attachments' AND app.user_role() <> 'Viewer'
                        THEN app.spoken_value('file_name', COALESCE(a.new ->> 'file_name', a.old ->> 'file_name')) END AS body
              FROM trail a
             WHERE (a.changed = 'tickets' AND (a.action = 'INSERT' OR (a.action = 'UPDATE' AND a.new ?| c_columns)))
                OR a.changed = 'ticket_secrets' OR a.action = 'REVEAL_PASSCODE'
                OR (a.changed = 'ticket_attachments' AND a.action <> 'UPDATE')
             ORDER BY a.at DESC, a.id DESC LIMIT 21),
        notes AS (
            SELECT n.created_at, COALESCE(a.id, 0), app.person_name(n.author), a.source, n.kind, NULL::jsonb,
                   app.spoken_value('body', n.body)
              FROM ticket_notes n
              LEFT JOIN trail a ON a.at = n.created_at AND a.action = 'INSERT' AND a.changed = 'ticket_notes'
                               AND a.new ->> 'id' = n.id::text
             WHERE n.ticket_id = p_ticket
             ORDER BY n.created_at DESC, n.id DESC LIMIT 21),
        events AS (
            SELECT e.created_at, max(e.id), max(p.display_name), NULL,
                   CASE WHEN bool_or(e.kind = 'filed') THEN 'filed' WHEN bool_or(e.kind = 'undone') THEN 'undone' ELSE 'changed' END,
                   jsonb_agg(CASE WHEN e.kind IN ('completed', 'reopened')
                                  THEN jsonb_build_object('field', 'completed', 'old', (e.kind = 'reopened')::text,
                                                                                'new', (e.kind = 'completed')::text)
                                  ELSE jsonb_build_object('field', 'tech', 'old', b.display_name, 'new', w.display_name) END
                             ORDER BY e.id) FILTER (WHERE e.kind <> 'filed'),
                   NULL
              FROM (SELECT x.*, lag(x.worker_id) OVER (ORDER BY x.id) AS before_id FROM ticket_events x WHERE x.ticket_id = p_ticket) e
              LEFT JOIN staff_directory p ON p.id = e.actor_id
              LEFT JOIN staff_directory w ON w.id = e.worker_id
              LEFT JOIN staff_directory b ON b.id = e.before_id
             WHERE e.kind IN ('filed', 'assigned', 'released', 'completed', 'reopened', 'undone')
               AND NOT EXISTS (SELECT FROM trail a WHERE a.at = e.created_at AND a.changed = 'tickets')
             GROUP BY e.created_at ORDER BY e.created_at DESC LIMIT 21),
        accepted AS (
            SELECT e.created_at, e.id, p.display_name, NULL, e.kind, NULL::jsonb, NULL
              FROM ticket_events e
              LEFT JOIN staff_directory p ON p.id = e.actor_id
             WHERE e.ticket_id = p_ticket AND e.kind = 'accepted'
             ORDER BY e.id DESC LIMIT 21),
        agreed AS (
            SELECT x.at, COALESCE(a.id, 0), p.display_name, a.source, x.kind,
                   jsonb_build_array(jsonb_build_object('field', 'approval', 'old', x.old, 'new', x.amount::text)), x.body
              FROM (SELECT r.requested_at, r.requested_by, 'asked', 'INSERT', r.spending_limit::text, r.amount, NULL
                      FROM approvals r WHERE r.ticket_id = p_ticket
                     UNION ALL
                    SELECT r.decided_at, r.decided_by, r.state, 'UPDATE', r.asked_how, r.amount, app.spoken_value('said', r.said)
                      FROM approvals r WHERE r.ticket_id = p_ticket AND r.state <> 'open') x (at, by_id, kind, action, old, amount, body)
              LEFT JOIN staff_directory p ON p.id = x.by_id
              LEFT JOIN trail a ON a.at = x.at AND a.changed = 'approvals' AND a.action = x.action
             ORDER BY x.at DESC LIMIT 21),
        newest AS (
            SELECT x.*, row_number() OVER (ORDER BY x.at DESC, x.n DESC) AS place
              FROM (TABLE changes UNION ALL TABLE notes UNION ALL TABLE events UNION ALL TABLE accepted
                    UNION ALL TABLE agreed) x)
        SELECT jsonb_build_object(
                   'actor', v_actor, 'ticket', v_line,
                   'entries', COALESCE(jsonb_agg(jsonb_build_object(
                       'at', e.at, 'who', COALESCE(e.who, 'system'), 'kind', e.kind, 'changes', COALESCE(e.changes, '[]'), 'body', e.body,
                       'source', e.source)
                       ORDER BY e.place) FILTER (WHERE e.place <= 20), '[]'),
                   'more', count(*) > 20)
          FROM newest e);
END $$;
GRANT EXECUTE ON FUNCTION app.read_history(text, text, text[], text, integer) TO repair_bot;
