-- db.models.TicketChanged: the repair goes a step on (app.bench_steps). The worker and Managers; a machine of a completed
-- ticket is handed back ('collected') by who filed the ticket, too. What was there before it was declined is kept, for
-- app.undo_completion(). p_note: such as who collected it.
CREATE FUNCTION app.set_bench_status(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                     p_status text, p_note text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_hours  numeric;                             -- with those of a timer that the step has stopped
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    IF p_status <> 'collected' THEN
        PERFORM app.require_role('Manager', 'Technician');
    END IF;
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF app.user_role() = 'Technician' AND t.tech = 'unassigned' AND NOT t.completed THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() = 'Technician' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    ELSIF p_status <> ALL (app.bench_steps(t.bench_status)) THEN
        PERFORM app.refuse_bench_step(t, p_status);
    END IF;
    IF p_note IS NOT NULL THEN
        PERFORM app.check_text(p_note, 10000, 'ticket_note_check');
        INSERT INTO ticket_notes (ticket_id, body) VALUES (p_ticket, p_note);
    END IF;
    UPDATE tickets SET bench_status = p_status WHERE id = p_ticket RETURNING actual_hours INTO v_hours;
    IF p_status = 'declined' THEN
        PERFORM app.keep_completion(t, v_hours, v_hours IS DISTINCT FROM t.actual_hours, NULL, NULL);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.set_bench_status(text, text, text[], text, text, integer, text, text) TO repair_bot;
