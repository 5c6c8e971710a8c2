-- What is put off for quiet hours, of a person's messages or of those about a ticket, is looked at anew: the next claim says
-- when it goes. What failed keeps the time that Slack gave it, and what was said already is not held back by anything.
-- What is due anyhow is locked, too: a claim passes it over until the change is there for it to see.
CREATE FUNCTION app.reconsider_notifications(p_recipient_id integer, p_ticket_id integer) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE notifications n SET due = LEAST(n.due, now()), updated_at = now()
     WHERE n.id IN (SELECT x.id FROM notifications x
                     WHERE x.state = 'waiting' AND x.failures = 0
                       AND x.ts IS NULL AND x.uncertain_since IS NULL
                       AND (x.recipient_id = p_recipient_id OR (x.recipient_id IS NOT NULL AND x.ticket_id = p_ticket_id))
                     ORDER BY x.id
                       FOR UPDATE);
    SELECT pg_notify('notifications', '')    -- heard at commit
$$;
