-- db.models.TimerStopped: the asker's timer is stopped, and its hours are booked, or p_hours in their place. p_ticket: only
-- if it runs on this one, as an old button says it; NULL: wherever it runs.
CREATE FUNCTION app.stop_timer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                               p_hours numeric) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_ticket integer;
    v_hours  numeric;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_hours(p_hours, 'tickets_actual_hours_check'), app.hold_timer();
    v_ticket := (app.timer_document() -> 'ticket' ->> 'id')::integer;
    IF v_ticket = COALESCE(p_ticket, v_ticket) THEN
        PERFORM app.lock_ticket(v_ticket);
        v_hours := app.end_timer(v_ticket, p_hours);                         -- NULL: somebody else was quicker
    END IF;
    IF v_hours IS NULL THEN
        PERFORM app.refuse('timer_not_running', 'no timer runs', jsonb_build_object('ticket', p_ticket),
                           'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.book_hours(v_ticket, v_hours);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(v_ticket), 'repeated', false,
                                                     'booked', v_hours));
END $$;
GRANT EXECUTE ON FUNCTION app.stop_timer(text, text, text[], text, text, integer, numeric) TO repair_bot;
