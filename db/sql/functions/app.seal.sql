-- A code over a text that only who has the key can make: a changed text, or another key, gives another code.
CREATE FUNCTION app.seal(p_text text, p_key text) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
    SELECT encode(hmac(convert_to(p_text, 'UTF8'), hmac('seal', p_key, 'sha256'), 'sha256'), 'hex')
$$;
GRANT EXECUTE ON FUNCTION app.seal(text, text) TO authenticated_users;
