-- db.models.TicketEditFacts
CREATE FUNCTION app.read_edit_form(p_team text, p_user text, p_roles text[], p_source text, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_ticket jsonb := app.ticket_document(p_ticket);
BEGIN
    IF v_ticket IS NULL THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    RETURN jsonb_build_object('actor', v_actor, 'ticket', v_ticket, 'technicians', app.technicians());
END $$;
GRANT EXECUTE ON FUNCTION app.read_edit_form(text, text, text[], text, integer) TO repair_bot;
