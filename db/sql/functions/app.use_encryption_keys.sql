-- Sets the present key, and the one before it if there is one, for the rest of this transaction.
CREATE FUNCTION app.use_encryption_keys(p_keys text[]) RETURNS void LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.encryption_key', COALESCE(p_keys[1], ''), true),
            set_config('app.encryption_key_previous', COALESCE(p_keys[2], ''), true);
END $$;
GRANT EXECUTE ON FUNCTION app.use_encryption_keys(text[]) TO repair_bot;
