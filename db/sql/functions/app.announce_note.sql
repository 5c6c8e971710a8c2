-- Says that somebody wrote on a ticket, whoever inserted the note, and to those whom it mentions and who see the ticket,
-- what. What was done is told with the completion.
CREATE FUNCTION app.announce_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_mentioned integer[];
BEGIN
    IF NEW.kind = 'note' THEN
        v_mentioned := ARRAY(SELECT m.person_id FROM app.mentioned_people(NEW.ticket_id, NEW.body) m WHERE m.missed IS NULL);
        PERFORM app.add_notification('mentioned', NEW.ticket_id, x.id, jsonb_build_object('note', NEW.id))
           FROM unnest(v_mentioned) x (id);
        PERFORM app.announce_event(NEW.ticket_id, jsonb_build_object('event', 'note', 'note', NEW.id), v_mentioned);
    END IF;
    RETURN NULL;
END $$;
