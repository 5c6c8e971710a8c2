-- db.models.ApprovalAsked: a ticket and its request for approval, which is open.
CREATE FUNCTION app.read_approval(p_team text, p_user text, p_roles text[], p_source text, p_approval integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor    jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_approval jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    v_approval := app.open_approval(p_approval);
    RETURN jsonb_build_object('actor', v_actor, 'approval', v_approval,
                              'ticket', app.ticket_lines(ARRAY[(v_approval ->> 'ticket_id')::integer]) -> 0);
END $$;
GRANT EXECUTE ON FUNCTION app.read_approval(text, text, text[], text, integer) TO repair_bot;
