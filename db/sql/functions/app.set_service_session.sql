-- For scheduled jobs: acts as 'system' with a Manager's rights. Granted to repair_bot itself, not to the group.
CREATE FUNCTION app.set_service_session() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.current_user_id', '', true), set_config('app.current_user_email', '', true),
            set_config('app.user_role', 'Manager', true), set_config('app.client_ip', '', true),
            set_config('app.user_agent', 'job', true);
END $$;
GRANT EXECUTE ON FUNCTION app.set_service_session() TO repair_bot;
