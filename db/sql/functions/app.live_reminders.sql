-- What a reminder still has to say, as an array of db.models.Reminder: facts -> 'reminders' names tickets, why, and since when
-- that is so. Left out is what is so no longer: the ticket is done, somebody else's by now, snoozed, or in order again.
CREATE FUNCTION app.live_reminders(p_notification notifications) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(jsonb_agg(jsonb_build_object('why', r.why, 'since', r.since, 'ticket', app.card_document(t)) ORDER BY r.n), '[]')
      FROM (SELECT DISTINCT ON (x.ticket) x.*                    -- the first, where an older message's are among them
              FROM ROWS FROM (jsonb_to_recordset(p_notification.facts -> 'reminders') AS (ticket integer, why text, since timestamptz))
                   WITH ORDINALITY x (ticket, why, since, n)
             ORDER BY x.ticket, x.n) r
      JOIN tickets t ON t.id = r.ticket
      JOIN user_permissions u ON u.id = p_notification.recipient_id
     WHERE NOT t.completed AND (t.tech = u.email OR u.role = 'Manager')
       AND CASE r.why WHEN 'overdue'   THEN t.due_at <= now()
                      WHEN 'due_soon'  THEN t.due_at IS NOT NULL
                      WHEN 'untouched' THEN t.priority = 'urgent' AND t.tech = 'unassigned'
                      WHEN 'approval'  THEN t.bench_status = 'waiting_approval'
                      ELSE true END
       AND NOT EXISTS (SELECT FROM app.ticket_snoozes s
                        WHERE (s.ticket_id, s.user_id) = (t.id, u.id) AND s.snoozed_until > now() AND r.why <> 'nudged')
$$;
