-- db.models.Nudged: a Manager reminds whoever works on a ticket of it, once a day of the shop and ticket.
CREATE FUNCTION app.nudge_worker(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', p_ticket);
    ELSIF t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false,
        'outcome', CASE WHEN t.tech = app.user_email() THEN 'yours'
                        WHEN NOT EXISTS (SELECT FROM user_permissions u WHERE u.email = t.tech AND app.may_be_told(u)) THEN 'unreachable'
                        WHEN app.nudge(p_ticket) THEN 'reminded'
                        ELSE 'before' END));
END $$;
GRANT EXECUTE ON FUNCTION app.nudge_worker(text, text, text[], text, text, integer) TO repair_bot;
