-- Why a waiting message has no reader any more; NULL: it may be said.
CREATE FUNCTION app.notification_obstacle(p_notification notifications) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN n.kind = ANY (p.muted) AND n.ts IS NULL AND n.uncertain_since IS NULL THEN 'muted'
        WHEN n.kind IN ('summary', 'access_requested', 'approval_requested', 'undeliverable') AND u.role <> 'Manager' THEN 'recipient no longer a Manager'
        WHEN n.kind = 'thread' AND t.id IS NULL THEN 'ticket removed'
        WHEN n.kind = 'thread' AND (c.state IN ('waiting', 'sent') AND c.id < n.id) IS NOT TRUE THEN 'no card to stand under'
        WHEN n.kind IN ('watched', 'mentioned', 'completed', 'reopened', 'file_refused', 'approval_decided') AND t.id IS NOT NULL
             AND NOT app.is_visible_to(t, u) THEN 'recipient does not see the ticket'
        WHEN n.kind = 'mentioned' AND t.id IS NOT NULL
             AND NOT EXISTS (SELECT FROM jsonb_array_elements(n.facts -> 'events') e
                                JOIN ticket_notes x ON x.id = (e ->> 'note')::integer) THEN 'note removed'
        WHEN n.kind = 'reminder' AND n.ts IS NULL AND n.uncertain_since IS NULL
             AND app.live_reminders(p_notification) = '[]' THEN 'nothing to remind of any more'
        WHEN n.kind = 'assigned' AND t.completed AND n.ts IS NULL AND n.uncertain_since IS NULL THEN 'completed meanwhile'
        WHEN n.kind = 'timer' AND n.ts IS NULL AND n.uncertain_since IS NULL
             AND NOT EXISTS (SELECT FROM labour_entries e WHERE e.id = (n.facts ->> 'entry')::bigint AND e.stopped_at IS NULL)
             THEN 'stopped meanwhile'
        WHEN n.kind = 'undeliverable' AND n.ts IS NULL
             AND NOT EXISTS (SELECT FROM notifications d
                              WHERE d.state = 'dead' AND d.destination = (n.facts ->> 'destination')::integer)
             THEN 'delivered meanwhile'
        END
      FROM (SELECT p_notification.*) n
      LEFT JOIN user_permissions u ON u.id = n.recipient_id
      LEFT JOIN preferences p ON p.user_id = n.recipient_id
      LEFT JOIN tickets t ON t.id = n.ticket_id
      LEFT JOIN notifications c ON n.kind = 'thread' AND c.dedupe_key = 'card:' || n.ticket_id
$$;
