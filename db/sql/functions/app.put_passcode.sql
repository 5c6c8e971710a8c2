-- Gives a ticket another passcode, or none if it is blank. app.encryption_key is set before.
CREATE FUNCTION app.put_passcode(p_ticket integer, p_passcode text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    SELECT x.* INTO t FROM tickets x WHERE x.id = p_ticket;
    IF (app.user_role() = 'Manager' OR t.tech = app.tech_email() OR t.created_by = app.user_id()) IS NOT TRUE OR t.id IS NULL THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    ELSIF btrim(p_passcode) = '' THEN
        DELETE FROM ticket_secrets WHERE ticket_id = p_ticket;
    ELSE
        PERFORM app.check_text(p_passcode, 255, 'ticket_passcode_check');
        INSERT INTO ticket_secrets (ticket_id, device_passcode) VALUES (p_ticket, encrypt_sensitive_data(p_passcode))
        ON CONFLICT (ticket_id) DO UPDATE SET device_passcode = EXCLUDED.device_passcode;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.put_passcode(integer, text) TO repair_bot;
