-- A claimed message with all that is needed to say it (db.models.Notification), as things are now. Of a ticket only
-- what a whole channel may read; what was done goes to those alone who get a message about the completion.
CREATE FUNCTION app.notification_document(p_notification notifications, p_shop_channel text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', n.id,
        'kind', n.kind,
        'dedupe_key', n.dedupe_key,
        'ticket_id', n.ticket_id,
        'recipient_id', n.recipient_id,
        'recipient_slack_user_id', COALESCE(n.facts ->> 'account', u.slack_user_id, q.slack_user_id),
        'channel', CASE WHEN n.kind = 'access_changed' THEN n.channel
                        WHEN n.destination <> 0 THEN COALESCE(n.channel, d.channel) ELSE p_shop_channel END,
        -- what stands in another channel than the shop's present one is posted anew
        'ts', CASE WHEN n.destination <> 0 OR n.channel = p_shop_channel THEN n.ts END,
        'thread_ts', CASE WHEN c.channel = p_shop_channel THEN c.ts END,
        'broadcast', n.facts ? 'broadcast',
        'uncertain_since', n.uncertain_since,
        'attempts', n.attempts,
        'failures', n.failures,
        'version', n.version,
        'actor_name', n.actor_name,
        'events', COALESCE((
            SELECT jsonb_agg(jsonb_build_object('event', e.value -> 'event', 'actor', e.value -> 'actor',
                                                'old', e.value -> 'old', 'new', e.value -> 'new',
                                                'body', (SELECT x.body FROM ticket_notes x
                                                          WHERE n.kind IN ('watched', 'mentioned') AND x.id = (e.value ->> 'note')::integer)) ORDER BY e.ordinality)
              FROM jsonb_array_elements(n.facts -> 'events') WITH ORDINALITY e), '[]'),
        'facts', n.facts - '{events,broadcast,reminders,figures,chart,approval}'::text[] || CASE n.kind
            WHEN 'assigned' THEN jsonb_build_object('accepted', app.is_accepted(n.ticket_id)::integer)
            WHEN 'completed' THEN jsonb_build_object('resolution', (
                SELECT r.body FROM ticket_notes r
                 WHERE r.ticket_id = t.id AND r.kind = 'resolution' AND r.created_at >= t.completed_at
                 ORDER BY r.id DESC LIMIT 1))
            WHEN 'summary' THEN jsonb_build_object(
                'late', now() > (n.facts ->> 'due_at')::timestamptz + interval '30 minutes')
            ELSE '{}' END,
        'access', app.access_document(n.request_id),
        'approval', app.approval_document((n.facts ->> 'approval')::integer),
        'figures', CASE WHEN n.kind = 'summary' THEN app.day_report(n.facts -> 'figures') END,
        'chart', n.facts -> 'chart',
        'created_at', n.created_at,
        'reminders', CASE WHEN n.kind = 'reminder' THEN app.live_reminders(p_notification) ELSE '[]' END,
        'ticket', CASE WHEN t.id IS NOT NULL THEN app.card_document(t) END)
      FROM (SELECT p_notification.*) n
      LEFT JOIN user_permissions u ON u.id = n.recipient_id
      LEFT JOIN notification_destinations d ON d.recipient_id = n.destination
      LEFT JOIN app.access_requests q ON q.id = n.request_id AND n.recipient_id IS NULL
      LEFT JOIN notifications c ON n.kind = 'thread' AND c.dedupe_key = 'card:' || n.ticket_id
      LEFT JOIN tickets t ON t.id = n.ticket_id
$$;
