-- Who is asking: user_permissions.kinde_user_id. Always missing_ok, and '' (what a custom setting becomes after its
-- transaction) is NULL. RETURN bodies are parsed now, so a caller's search_path can't redirect them, and are inlined;
-- policies call them as (SELECT f()), once a query.
CREATE FUNCTION app.user_id() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('app.current_user_id', true), '');
GRANT EXECUTE ON FUNCTION app.user_id() TO authenticated_users;
