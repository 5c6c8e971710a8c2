CREATE FUNCTION app.setting(p_key text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$ SELECT value FROM shop_settings WHERE key = p_key $$;
GRANT EXECUTE ON FUNCTION app.setting(text) TO authenticated_users;
