CREATE FUNCTION log_activity(p_action text, p_resource_type text, p_resource_id integer DEFAULT NULL, p_metadata jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    INSERT INTO activity_log (user_id, action, resource_type, resource_id, metadata, ip_address, user_agent)
    VALUES (COALESCE(app.user_id(), 'system'), p_action, p_resource_type, p_resource_id, p_metadata, app.client_ip(),
            NULLIF(current_setting('app.user_agent', true), ''));
END $$;
GRANT EXECUTE ON FUNCTION log_activity(text, text, integer, jsonb) TO authenticated_users;
