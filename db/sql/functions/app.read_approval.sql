-- db.models.ApprovalAsked: a request for approval, which is open, and its ticket; where only the ticket is known, its newest one.
CREATE FUNCTION app.read_approval(p_team text, p_user text, p_roles text[], p_source text, p_approval integer, p_ticket integer DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor    jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_approval jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    IF p_approval IS NULL AND NOT EXISTS (SELECT FROM approvals a WHERE a.ticket_id = p_ticket AND a.state <> 'withdrawn') THEN
        IF NOT EXISTS (SELECT FROM tickets t WHERE t.id = p_ticket) THEN
            PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
        END IF;
        PERFORM app.refuse('approval_not_asked', format('ticket %s waits for no approval', p_ticket),
                           jsonb_build_object('ticket', p_ticket), 'object_not_in_prerequisite_state');
    END IF;
    v_approval := app.open_approval(COALESCE(p_approval, (                           -- the open one is the newest
        SELECT max(a.id) FROM approvals a WHERE a.ticket_id = p_ticket AND a.state <> 'withdrawn')));
    RETURN jsonb_build_object('actor', v_actor, 'approval', v_approval,
                              'ticket', app.ticket_lines(ARRAY[(v_approval ->> 'ticket_id')::integer]) -> 0);
END $$;
GRANT EXECUTE ON FUNCTION app.read_approval(text, text, text[], text, integer, integer) TO repair_bot;
