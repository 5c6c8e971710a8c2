-- db.models.TicketChanged: to somebody else, or from the queue. p_who: 'auto', 'me', or whom app.find_colleague() finds.
-- p_seen: the updated_at of the ticket that the asker decided upon, as in a form, who then learns what was changed; NULL: as it is
-- when the request comes. Who has got the ticket since then keeps it.
CREATE FUNCTION app.assign_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                  p_who text, p_seen timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_before jsonb;
    v_seen   timestamptz;
    v_since  jsonb;                               -- who gave it to somebody else since then
    v_tech   text;
    v_person record;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_seen := COALESCE(p_seen, (SELECT x.updated_at FROM tickets x WHERE x.id = p_ticket));
    IF NOT EXISTS (SELECT FROM tickets x WHERE x.id = p_ticket) THEN       -- before anything is said about who is meant
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    IF p_who = 'auto' THEN
        PERFORM pg_advisory_xact_lock(hashtext('auto_assign_ticket'));     -- before the row, as in auto_assign_ticket()
    ELSIF p_who = 'me' THEN
        v_tech := app.user_email();
    ELSE
        v_person := app.find_colleague(p_who);
        IF NOT v_person.works THEN
            PERFORM app.refuse('person_not_working', 'this person takes no tickets', jsonb_build_object('name', v_person.name));
        END IF;
        v_tech := v_person.email;
    END IF;
    PERFORM app.hold_technician(v_tech);
    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech = 'unassigned' AND p_who <> 'me' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech NOT IN ('unassigned', app.user_email()) THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    v_since := CASE WHEN t.tech <> 'unassigned' THEN app.changed_since(p_ticket, v_seen, 'tech') END;
    IF v_since IS NOT NULL AND p_seen IS NOT NULL AND v_tech IS DISTINCT FROM t.tech THEN
        PERFORM app.refuse('ticket_changed', format('ticket %s has been changed meanwhile', p_ticket),
                           v_since || jsonb_build_object('ticket', p_ticket), 'object_not_in_prerequisite_state');
    ELSIF v_since IS NOT NULL OR p_who = 'auto' AND t.tech NOT IN ('unassigned', app.user_email()) THEN
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
    v_before := app.ticket_document(p_ticket);
    IF p_who = 'auto' THEN
        v_tech := auto_assign_ticket(p_ticket);
    ELSIF v_tech = t.tech THEN
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    ELSE
        PERFORM assign_ticket(p_ticket, v_tech);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor,
        -- who has handed over may not see the ticket any more: as it was then, and whose it is now
        'ticket', COALESCE(app.ticket_document(p_ticket), v_before || jsonb_build_object(
            'worker_name', app.worker_name(v_tech), 'worker_slack_user_id', app.worker_slack_user_id(v_tech),
            'updated_at', now(), 'relations', '["other"]'::jsonb)),
        'repeated', false, 'no_technician', v_tech = 'unassigned'));
END $$;
GRANT EXECUTE ON FUNCTION app.assign_ticket(text, text, text[], text, text, integer, text, timestamptz) TO repair_bot;
