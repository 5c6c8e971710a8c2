-- A ticket's device passcode in clear, for its technician or a Manager; NULL if it has none. Each showing is logged.
-- The session and app.encryption_key are set before, in the same transaction.
CREATE FUNCTION app.reveal_passcode(p_ticket integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets; v_passcode text;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket;
    IF NOT FOUND OR NOT app.sees_ticket(t.tech, t.created_by, t.completed) THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech = 'unassigned' THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() <> 'Manager' AND t.tech IS DISTINCT FROM app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    SELECT app.decrypt(s.device_passcode) INTO v_passcode FROM ticket_secrets s WHERE s.ticket_id = p_ticket;
    IF FOUND THEN
        INSERT INTO activity_log (user_id, action, resource_type, resource_id, ip_address, user_agent)
        VALUES (COALESCE(app.user_id(), 'system'), 'REVEAL_PASSCODE', 'ticket', p_ticket, app.client_ip(),
                app.user_agent());
    END IF;
    RETURN v_passcode;
END $$;
GRANT EXECUTE ON FUNCTION app.reveal_passcode(integer) TO authenticated_users;
