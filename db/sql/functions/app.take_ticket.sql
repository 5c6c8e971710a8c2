-- db.models.TicketChanged: from the queue to who asks.
CREATE FUNCTION app.take_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_technician(app.user_email());
    PERFORM app.refuse_missed_ticket(p_ticket);
    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF t.tech <> 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
    UPDATE tickets SET tech = app.user_email() WHERE id = p_ticket;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.take_ticket(text, text, text[], text, text, integer) TO repair_bot;
