-- Somebody no longer works: their open tickets (held by app.hold_open_tickets) go back to the queue, and the Managers
-- hear of it.
CREATE FUNCTION app.return_open_tickets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE n integer;
BEGIN
    UPDATE tickets t SET tech = 'unassigned' WHERE t.tech = NEW.email AND NOT t.completed;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        PERFORM app.notify_managers_of_return(NEW.display_name, n, NEW.id);
    END IF;
    RETURN NULL;
END $$;
