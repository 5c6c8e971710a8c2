-- Says that somebody wrote on a ticket, whoever inserted the note. What was done is told with the completion.
CREATE FUNCTION app.announce_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.kind = 'note' THEN
        PERFORM app.announce_event(NEW.ticket_id, jsonb_build_object('event', 'note', 'note', NEW.id));
    END IF;
    RETURN NULL;
END $$;
