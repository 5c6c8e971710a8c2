CREATE FUNCTION app.worker_slack_user_id(p_email text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT u.slack_user_id FROM user_permissions u WHERE u.email = p_email AND app.user_role() IS NOT NULL);
END $$;
GRANT EXECUTE ON FUNCTION app.worker_slack_user_id(text) TO authenticated_users;
