-- Says that a file came or went, of what type but not by what name, whoever wrote the row. What was kept of a removed one goes
-- an hour later, so that a backup that holds the row still finds it.
CREATE FUNCTION app.announce_attachment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM app.announce_event(NEW.ticket_id, jsonb_build_object('event', 'file_added', 'new', NEW.file_type));
        RETURN NULL;
    END IF;
    IF OLD.file_path ~ '^slack/[0-9a-f]{32}$' THEN
        DELETE FROM app.file_errands e WHERE e.file_path = OLD.file_path AND e.errand = 'fetch';   -- it may come again
        INSERT INTO app.file_errands (errand, file_path, due) VALUES ('remove', OLD.file_path, now() + interval '1 hour');
    END IF;
    IF EXISTS (SELECT FROM tickets t WHERE t.id = OLD.ticket_id) THEN      -- it is not the whole ticket that goes
        PERFORM app.announce_event(OLD.ticket_id, jsonb_build_object('event', 'file_removed', 'old', OLD.file_type));
    END IF;
    RETURN NULL;
END $$;
