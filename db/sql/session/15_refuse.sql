-- Refuse in a way that the caller can tell apart: by constraint name, with the facts as JSON in DETAIL.
CREATE FUNCTION app.refuse(p_name text, p_message text, p_facts jsonb DEFAULT '{}', p_code text DEFAULT 'insufficient_privilege')
RETURNS void LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = p_code, MESSAGE = p_message, CONSTRAINT = p_name, DETAIL = p_facts::text;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse(text, text, jsonb, text) TO authenticated_users;
