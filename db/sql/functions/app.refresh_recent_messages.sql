-- A ticket looks different: direct messages about it that still wait or came within the last minute are edited; later
-- ones stay as they were. What it says no longer holds elsewhere: that is told by messages of their own. It may be urgent
-- now, so what is put off for quiet hours may go.
CREATE FUNCTION app.refresh_recent_messages(p_ticket_id integer, p_completed boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.revise_notification(n.id)
      FROM notifications n
     WHERE n.ticket_id = p_ticket_id AND n.recipient_id IS NOT NULL
       AND (n.state = 'waiting' OR (n.state = 'sent' AND n.sent_at > now() - interval '1 minute'))
       AND ((n.kind = 'assigned' AND NOT n.facts ? 'worker')
            OR n.kind = CASE WHEN p_completed THEN 'completed' ELSE 'reopened' END);
    PERFORM app.reconsider_notifications(NULL, p_ticket_id);
END $$;
