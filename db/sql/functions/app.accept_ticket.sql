-- db.models.TicketChanged: its technician has seen that the ticket is theirs, and says so. Saying it again changes nothing.
CREATE FUNCTION app.accept_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    PERFORM app.record_acceptance(p_ticket);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.accept_ticket(text, text, text[], text, text, integer) TO repair_bot;
