CREATE FUNCTION app.user_email() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('app.current_user_email', true), '');
GRANT EXECUTE ON FUNCTION app.user_email() TO authenticated_users;
