-- db.models.TimerStarted: the asker's timer on this ticket wasn't forgotten; it is asked about again when as much time has passed.
CREATE FUNCTION app.keep_timer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_timer();
    IF NOT app.put_off_timer(p_ticket) THEN
        PERFORM app.refuse('timer_not_running', 'no timer runs', jsonb_build_object('ticket', p_ticket),
                           'object_not_in_prerequisite_state');
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false, 'other', NULL, 'booked', NULL,
        'ran_already', true, 'asks', false));
END $$;
GRANT EXECUTE ON FUNCTION app.keep_timer(text, text, text[], text, text, integer) TO repair_bot;
