-- Claims a request's key for this transaction. NULL: carry it out, then app.end_request(). Otherwise it has been
-- carried out, and this is its answer. The same key at the same moment waits here until the first has committed.
CREATE FUNCTION app.begin_request(p_key text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v app.request_keys;
BEGIN
    INSERT INTO app.request_keys (key, user_id) VALUES (p_key, app.user_id()) ON CONFLICT (key) DO NOTHING;
    IF FOUND THEN RETURN NULL; END IF;
    SELECT * INTO v FROM app.request_keys k WHERE k.key = p_key;
    IF v.user_id IS DISTINCT FROM app.user_id() THEN
        RAISE EXCEPTION 'this request key is somebody else''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF v.result ? 'erased' THEN                          -- app.erase_customer()
        PERFORM app.refuse('request_erased', 'this was carried out, and its answer erased since');
    END IF;
    RETURN v.result || '{"repeated": true}';
END $$;
GRANT EXECUTE ON FUNCTION app.begin_request(text) TO repair_bot;
