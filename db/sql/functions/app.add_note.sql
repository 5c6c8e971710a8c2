-- db.models.NoteAdded: a ticket with one more note, and whom it mentions in vain.
CREATE FUNCTION app.add_note(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                             p_body text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF NOT app.sees_ticket(t.tech, t.created_by, t.completed) THEN        -- taken from the queue at this moment
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
    PERFORM app.check_text(p_body, 10000, 'ticket_note_check');
    INSERT INTO ticket_notes (ticket_id, body) VALUES (p_ticket, p_body);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
                                                     'missed', app.missed_mentions(p_ticket, p_body)));
END $$;
GRANT EXECUTE ON FUNCTION app.add_note(text, text, text[], text, text, integer, text) TO repair_bot;
