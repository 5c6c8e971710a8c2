-- A line of one's own in the audit trail. What triggers and functions write of changes and showings can't be said by hand:
-- histories are told from it.
CREATE FUNCTION log_activity(p_action text, p_resource_type text, p_resource_id integer DEFAULT NULL, p_metadata jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    IF upper(btrim(p_action)) IN ('INSERT', 'UPDATE', 'DELETE', 'REVEAL_PASSCODE', 'REFUSE_ACCESS', 'MAINTENANCE', 'ERASE_CUSTOMER', 'EXPORT') THEN
        PERFORM app.refuse('activity_log_action_reserved', format('%s is logged by the database itself', p_action));
    END IF;
    INSERT INTO activity_log (user_id, action, resource_type, resource_id, metadata, ip_address, user_agent)
    VALUES (COALESCE(app.user_id(), 'system'), p_action, p_resource_type, p_resource_id, p_metadata, app.client_ip(),
            app.user_agent());
END $$;
GRANT EXECUTE ON FUNCTION log_activity(text, text, integer, jsonb) TO authenticated_users;
