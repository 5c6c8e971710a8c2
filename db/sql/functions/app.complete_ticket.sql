-- db.models.TicketCompleted: done, with hours and what was done. A Manager completes anybody's. Without hours those
-- booked before stay. What was there before is kept, for app.undo_completion(). Where the
-- ticket has a checklist, nothing is done but to ask (asks) unless p_ticked, the ids of what was ticked, has all of it, or p_anyway.
-- p_seen: the updated_at of the ticket that p_hours were decided upon; NULL: as it is when the request comes. Hours booked since
-- then are not overwritten.
CREATE FUNCTION app.complete_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                    p_hours numeric, p_resolution text, p_ticked integer[] DEFAULT NULL,
                                    p_anyway boolean DEFAULT false, p_seen timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_said   boolean := btrim(COALESCE(p_resolution, ''), E' \t\r\n') <> '';
    v_seen   timestamptz;
    v_since  jsonb;                               -- who booked other hours since then
    v_note   integer;
    v_timed  numeric;                             -- what a running timer had measured
    v_booked numeric;                             -- the hours that the ticket would have without p_hours
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_seen := COALESCE(p_seen, (SELECT x.updated_at FROM tickets x WHERE x.id = p_ticket));
    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    v_since := app.changed_since(p_ticket, v_seen, 'actual_hours');
    IF p_hours IS NOT NULL AND v_since IS NOT NULL THEN
        PERFORM app.refuse('ticket_changed', format('ticket %s has been changed meanwhile', p_ticket),
                           v_since || jsonb_build_object('ticket', p_ticket), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.check_hours(p_hours, 'tickets_actual_hours_check');
    IF v_said THEN
        PERFORM app.check_text(p_resolution, 10000, 'ticket_notes_body_check');
    END IF;
    IF EXISTS (SELECT FROM app.checklist_of(t.category) i WHERE (i.id = ANY (p_ticked)) IS NOT TRUE) AND NOT p_anyway THEN
        RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
                                                         'asks', true));
    END IF;
    IF v_said THEN
        INSERT INTO ticket_notes (ticket_id, kind, body) VALUES (p_ticket, 'resolution', p_resolution) RETURNING id INTO v_note;
    END IF;
    v_timed := app.end_timer(p_ticket);                                       -- what was said counts, not the timer
    v_booked := NULLIF(LEAST(COALESCE(t.actual_hours, 0) + COALESCE(v_timed, 0), 999.99), 0);
    UPDATE tickets SET completed = true, actual_hours = COALESCE(p_hours, v_booked) WHERE id = p_ticket;
    PERFORM app.keep_completion(t, v_booked, v_timed IS NOT NULL, v_note, p_ticked);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
                                                     'asks', false));
END $$;
GRANT EXECUTE ON FUNCTION app.complete_ticket(text, text, text[], text, text, integer, numeric, text, integer[], boolean, timestamptz) TO repair_bot;
