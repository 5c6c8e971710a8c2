-- A ticket has gone from one person to another (NULL: from or to the queue): both are told. What was said to the earlier
-- one when they got it is edited to where it has gone, and back where it returns before they heard that it was gone.
CREATE FUNCTION app.announce_assignment(p_ticket_id integer, p_previous_id integer, p_worker_id integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_gone_to jsonb := jsonb_build_object('worker', (SELECT u.display_name FROM user_permissions u WHERE u.id = p_worker_id));
BEGIN
    PERFORM app.add_notification('unassigned', p_ticket_id, p_previous_id, v_gone_to);
    PERFORM app.revise_notification(n.id, n.facts || v_gone_to)
       FROM notifications n
      WHERE n.ticket_id = p_ticket_id AND n.recipient_id = p_previous_id AND n.kind = 'assigned'
        AND n.state IN ('waiting', 'sent') AND NOT n.facts ? 'worker';
    IF EXISTS (SELECT FROM notifications n
                WHERE n.ticket_id = p_ticket_id AND n.recipient_id = p_worker_id AND n.kind = 'unassigned'
                  AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL)
    THEN
        PERFORM app.revise_notification(x.id, x.facts - 'worker')
           FROM (SELECT * FROM notifications n
                  WHERE n.ticket_id = p_ticket_id AND n.recipient_id = p_worker_id AND n.kind = 'assigned'
                    AND n.state IN ('waiting', 'sent')
                  ORDER BY n.id DESC LIMIT 1) x;
    END IF;
    PERFORM app.add_notification('assigned', p_ticket_id, p_worker_id);
END $$;
