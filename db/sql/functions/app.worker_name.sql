-- The name of the technician with this e-mail, for whoever is linked: they have it from a ticket that they see.
CREATE FUNCTION app.worker_name(p_email text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT u.display_name FROM user_permissions u WHERE u.email = p_email AND app.user_role() IS NOT NULL);
END $$;
GRANT EXECUTE ON FUNCTION app.worker_name(text) TO authenticated_users;
