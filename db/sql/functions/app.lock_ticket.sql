-- Locks a ticket that the asker may see, and returns it as it is then: whoever was quicker shows in it.
-- A definer function, since under row-level security a row that somebody else has just taken would look missing.
CREATE FUNCTION app.lock_ticket(p_ticket integer) RETURNS tickets
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets;
BEGIN
    SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket;
    IF FOUND AND app.sees_ticket(t.tech, t.created_by, t.completed) THEN
        SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket FOR NO KEY UPDATE;
        IF FOUND THEN RETURN t; END IF;
    END IF;
    PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION app.lock_ticket(integer) TO repair_bot;
