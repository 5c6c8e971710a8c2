-- db.models.TicketChanged: a Manager notes that the customer agreed, or that they didn't; how they were asked, and what they said.
-- The repair goes on, or the ticket is closed unrepaired where that is possible from where it is. Who works on it and who asked
-- are told. Definer: requests are written by nobody.
CREATE FUNCTION app.decide_approval(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_approval integer,
                                    p_approved boolean, p_how text, p_said text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_said   text := NULLIF(btrim(p_said, E' \t\r\n'), '');
    v_answer jsonb;
    v_hours  numeric;                             -- with those of a timer that this has stopped
    a approvals;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    SELECT * INTO a FROM approvals x WHERE x.id = p_approval;
    IF FOUND THEN
        t := app.lock_ticket(a.ticket_id);                                    -- of two at once, the second reads who was quicker
    END IF;
    PERFORM app.open_approval(p_approval), app.check_text(COALESCE(v_said, 'nothing'), 3000, 'approvals_said_check');
    IF p_how IS NULL OR p_how <> ALL ('{phone,e-mail,in person,message}') THEN    -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no such way of asking' USING ERRCODE = 'check_violation', CONSTRAINT = 'approvals_asked_how_check';
    END IF;
    PERFORM app.settle_approval(a.id, CASE WHEN p_approved THEN 'approved' ELSE 'declined' END, (v_actor ->> 'id')::integer,
                                p_how, v_said);
    PERFORM app.add_notification('approval_decided', t.id, u.id, jsonb_build_object('approval', a.id))
       FROM user_permissions u WHERE u.email = t.tech OR u.id = a.requested_by ORDER BY u.id;
    IF p_approved THEN
        PERFORM app.resume_repair(t.id);
    ELSE
        UPDATE tickets SET bench_status = 'declined' WHERE id = t.id AND 'declined' = ANY (app.bench_steps(bench_status))
        RETURNING actual_hours INTO v_hours;
        IF FOUND THEN                                                         -- undone, the customer has to be asked again
            PERFORM app.keep_completion(t, v_hours, v_hours IS DISTINCT FROM t.actual_hours, NULL, NULL);
        END IF;
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(t.id), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.decide_approval(text, text, text[], text, text, integer, boolean, text, text) TO repair_bot;
