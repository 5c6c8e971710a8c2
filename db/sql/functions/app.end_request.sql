-- Keeps a request's answer with its key, and returns it.
CREATE FUNCTION app.end_request(p_key text, p_answer jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE app.request_keys k SET result = p_answer
     WHERE k.key = p_key AND k.user_id = app.user_id() AND k.result IS NULL;
    RETURN p_answer;
END $$;
GRANT EXECUTE ON FUNCTION app.end_request(text, jsonb) TO repair_bot;
