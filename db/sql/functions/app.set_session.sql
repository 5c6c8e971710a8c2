-- For the web application: it gives only its own user's id; role and e-mail come from the table, so neither a stale
-- cache nor a role in the request can grant anything. The settings last until the end of the transaction.
CREATE FUNCTION app.set_session(p_user_id text, p_client_ip text DEFAULT NULL)
RETURNS TABLE (kinde_user_id varchar, email varchar, role varchar)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE u user_permissions;
BEGIN
    SELECT x.* INTO u FROM user_permissions x WHERE x.kinde_user_id = p_user_id;
    IF u.id IS NULL OR NOT u.is_active THEN
        RAISE EXCEPTION 'user is unknown or inactive' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM app.open_session(u, p_client_ip, app.user_agent());
    RETURN QUERY SELECT u.kinde_user_id, u.email, u.role;
END $$;
GRANT EXECUTE ON FUNCTION app.set_session(text, text) TO authenticated_users;
