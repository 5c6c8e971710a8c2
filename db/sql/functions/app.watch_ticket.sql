-- db.models.TicketChanged: whether the asker is told of what happens to a ticket that they see.
CREATE FUNCTION app.watch_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                 p_watches boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
BEGIN
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM tickets t WHERE t.id = p_ticket) THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    INSERT INTO ticket_watchers AS w (ticket_id, user_id, watches) VALUES (p_ticket, (v_actor ->> 'id')::integer, p_watches)
    ON CONFLICT (ticket_id, user_id) DO UPDATE SET watches = EXCLUDED.watches WHERE w.watches <> EXCLUDED.watches;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.watch_ticket(text, text, text[], text, text, integer, boolean) TO repair_bot;
