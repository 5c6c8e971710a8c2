CREATE FUNCTION app.user_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('app.user_role', true), '');
GRANT EXECUTE ON FUNCTION app.user_role() TO authenticated_users;
