-- Says that somebody wrote on a ticket, whoever inserted the note, and to those whom it mentions and who see the ticket,
-- what. What was done is told with the completion.
CREATE FUNCTION app.announce_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_event     CONSTANT jsonb := jsonb_build_object('event', 'note', 'note', NEW.id);
    v_mentioned integer[];
BEGIN
    IF NEW.kind = 'note' THEN
        v_mentioned := ARRAY(SELECT m.person_id FROM app.mentioned_people(NEW.ticket_id, NEW.body) m WHERE m.missed IS NULL);
        PERFORM app.announce_event(NEW.ticket_id, v_event, v_mentioned);
        PERFORM app.add_event_notification('mentioned', NEW.ticket_id, x.id, v_event) FROM unnest(v_mentioned) x (id);
    END IF;
    RETURN NULL;
END $$;
