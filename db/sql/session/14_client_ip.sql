CREATE FUNCTION app.client_ip() RETURNS inet LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v text := NULLIF(btrim(split_part(COALESCE(current_setting('app.client_ip', true), ''), ',', 1)), '');
BEGIN
    IF v IS NULL THEN RETURN NULL; END IF;
    BEGIN
        RETURN v::inet;
    EXCEPTION WHEN invalid_text_representation THEN
        RETURN NULL;                               -- a bad header must not fail the write
    END;
END $$;
GRANT EXECUTE ON FUNCTION app.client_ip() TO authenticated_users;
