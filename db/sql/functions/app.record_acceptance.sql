-- The asker, who works on this open ticket, has accepted it: once until it goes to somebody else.
CREATE FUNCTION app.record_acceptance(p_ticket integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_worker integer := (SELECT u.id FROM tickets t JOIN user_permissions u ON u.email = t.tech
                          WHERE t.id = p_ticket AND NOT t.completed AND u.kinde_user_id = app.user_id());
BEGIN
    IF v_worker IS NULL OR app.is_accepted(p_ticket) THEN RETURN; END IF;
    PERFORM app.record_ticket_events(p_ticket, v_worker, 'accepted');
    PERFORM app.announce_event(p_ticket, '{"event": "accepted"}');
    PERFORM app.revise_notification(n.id)
       FROM notifications n
      WHERE n.ticket_id = p_ticket AND n.recipient_id = v_worker AND n.kind = 'assigned'
        AND n.state IN ('waiting', 'sent') AND NOT n.facts ? 'worker';
END $$;
GRANT EXECUTE ON FUNCTION app.record_acceptance(integer) TO repair_bot;
