CREATE FUNCTION decrypt_sensitive_data(encrypted_data text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager');
    RETURN app.decrypt(encrypted_data);
END $$;
GRANT EXECUTE ON FUNCTION decrypt_sensitive_data(text) TO authenticated_users;
