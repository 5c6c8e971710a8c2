-- The name of who filed or wrote something, by the id that stands there.
CREATE FUNCTION app.person_name(p_kinde_user_id text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT u.display_name FROM user_permissions u WHERE u.kinde_user_id = p_kinde_user_id AND app.user_role() IS NOT NULL);
END $$;
GRANT EXECUTE ON FUNCTION app.person_name(text) TO authenticated_users;
