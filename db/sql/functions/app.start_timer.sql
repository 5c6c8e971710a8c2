-- db.models.TimerStarted: the asker's timer runs on this ticket, which they work on. Where it runs on another one it goes
-- on there, and the answer says so (asks), unless p_switch: then it is stopped and booked first.
CREATE FUNCTION app.start_timer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                p_switch boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_running jsonb;
    v_other   integer;
    v_booked  numeric;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_timer();
    v_other := (app.timer_document() -> 'ticket' ->> 'id')::integer;
    IF v_other < p_ticket THEN PERFORM app.lock_ticket(v_other); END IF;      -- in the order of their numbers
    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    IF v_other > p_ticket THEN PERFORM app.lock_ticket(v_other); END IF;
    v_running := app.timer_document();                                        -- what somebody else stopped meanwhile is gone
    v_other := (v_running -> 'ticket' ->> 'id')::integer;
    IF v_other <> p_ticket AND p_switch THEN
        v_booked := app.end_timer(v_other);
        PERFORM app.book_hours(v_other, v_booked);
    END IF;
    IF v_other IS NULL OR v_booked IS NOT NULL THEN
        PERFORM app.begin_labour(p_ticket);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
        'other', CASE WHEN v_other <> p_ticket THEN v_running END, 'booked', v_booked, 'ran_already', v_other IS NOT DISTINCT FROM p_ticket,
        'asks', COALESCE(v_other <> p_ticket AND NOT p_switch, false)));
END $$;
GRANT EXECUTE ON FUNCTION app.start_timer(text, text, text[], text, text, integer, boolean) TO repair_bot;
