-- db.models.TicketChanged: open again, with who had it if they still work here, else in the queue. Why, if it
-- is said, becomes a note.
CREATE FUNCTION app.reopen_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                  p_why text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_technician(x.tech) FROM tickets x WHERE x.id = p_ticket;
    t := app.lock_ticket(p_ticket);
    IF NOT t.completed THEN
        PERFORM app.refuse_ticket('ticket_open', p_ticket);
    ELSIF app.user_role() = 'Technician' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    PERFORM app.refuse_inactive_customer(t);
    IF btrim(COALESCE(p_why, ''), E' \t\r\n') <> '' THEN
        PERFORM app.check_text(p_why, 10000, 'ticket_reopening_check');
        INSERT INTO ticket_notes (ticket_id, body) VALUES (p_ticket, p_why);
    END IF;
    UPDATE tickets SET completed = false WHERE id = p_ticket;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.reopen_ticket(text, text, text[], text, text, integer, text) TO repair_bot;
