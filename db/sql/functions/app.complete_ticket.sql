-- db.models.TicketChanged: done, with hours and what was done. A Manager completes anybody's. Without hours those
-- booked before stay.
CREATE FUNCTION app.complete_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                    p_hours numeric, p_resolution text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_said   boolean := btrim(COALESCE(p_resolution, ''), E' \t\r\n') <> '';
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    PERFORM app.check_hours(p_hours, 'tickets_actual_hours_check');
    IF v_said THEN
        PERFORM app.check_text(p_resolution, 10000, 'ticket_notes_body_check');
        INSERT INTO ticket_notes (ticket_id, kind, body) VALUES (p_ticket, 'resolution', p_resolution);
    END IF;
    IF p_hours IS NOT NULL THEN
        PERFORM app.end_timer(p_ticket);                                      -- what was said counts, not the timer
    END IF;
    UPDATE tickets SET completed = true, actual_hours = COALESCE(p_hours, actual_hours) WHERE id = p_ticket;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.complete_ticket(text, text, text[], text, text, integer, numeric, text) TO repair_bot;
