-- db.models.CompletionUndone: the completion is taken back, and the ticket is as it was before, but that its timer isn't
-- started again: what it had measured is in the hours. Only within ten minutes and as long as nothing else has changed.
CREATE FUNCTION app.undo_completion(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_why    text;
    c ticket_completions;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.hold_technician(x.tech) FROM tickets x WHERE x.id = p_ticket;
    t := app.lock_ticket(p_ticket);
    c := app.last_completion(p_ticket);
    IF NOT t.completed THEN
        PERFORM app.refuse_ticket('ticket_open', p_ticket);
    ELSIF app.user_role() = 'Technician' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    v_why := CASE WHEN c.id IS NULL THEN 'elsewhere'
                  WHEN c.version <> t.version THEN 'changed'
                  WHEN c.completed_at <= now() - interval '10 minutes' THEN 'late'
                  WHEN NOT app.may_undo(p_ticket) THEN 'anothers' END;
    IF v_why IS NOT NULL THEN
        PERFORM app.refuse('completion_stays', format('the completion of ticket %s can''t be taken back: %s', p_ticket, v_why),
                           jsonb_build_object('ticket', p_ticket, 'why', v_why), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.refuse_inactive_customer(t), app.withdraw_completion(c.id);
    UPDATE tickets SET completed = false, bench_status = c.bench_status, actual_hours = c.actual_hours WHERE id = p_ticket;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
                                                     'timed', c.timed));
END $$;
GRANT EXECUTE ON FUNCTION app.undo_completion(text, text, text[], text, text, integer) TO repair_bot;
