-- Tells a technician who comes to take a ticket whose it is by now, if it left the queue within the last day: until
-- then they saw it, and a list or card may show it still. Of any other hidden ticket nothing is said here.
-- The row is locked first: who takes it at this moment is waited for, and what they did is then seen (VOLATILE).
CREATE FUNCTION app.refuse_missed_ticket(p_ticket integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets;
BEGIN
    SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket FOR NO KEY UPDATE;
    IF app.user_role() = 'Technician' AND t.tech <> 'unassigned' AND NOT app.sees_ticket(t.tech, t.created_by, t.completed)
       AND EXISTS (SELECT FROM (SELECT e.kind, e.created_at, lag(e.kind) OVER w AS before, lag(e.worker_id) OVER w AS had_it
                                  FROM ticket_events e
                                 WHERE e.ticket_id = p_ticket AND e.kind IN ('filed', 'assigned', 'released')
                                WINDOW w AS (ORDER BY e.id)) h
                    WHERE h.kind = 'assigned' AND h.before IS NOT NULL AND h.had_it IS NULL
                      AND h.created_at > now() - interval '1 day')
    THEN
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_missed_ticket(integer) TO repair_bot;
