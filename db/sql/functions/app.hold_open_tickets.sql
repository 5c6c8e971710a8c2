-- Somebody is about to stop working: waits for who gives them a ticket now, and for their tickets. Before their row is
-- changed: a foreign key's check that waited for another address of theirs waits for whoever changes the row next, too,
-- even if the key stays, and may be that of somebody who has one of the tickets.
CREATE FUNCTION app.hold_open_tickets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('technician'), OLD.id);
    PERFORM 1 FROM tickets t WHERE t.tech = OLD.email AND NOT t.completed ORDER BY t.id FOR NO KEY UPDATE;
    RETURN NEW;
END $$;
