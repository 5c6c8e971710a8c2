-- The text of an encrypt_sensitive_data(). Granted to nobody: callers check who may read it.
CREATE FUNCTION app.decrypt(encrypted_data text) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE k text; v bytea;
BEGIN
    IF encrypted_data IS NULL THEN RETURN NULL; END IF;
    IF encrypted_data NOT LIKE 'v1:%' THEN
        RAISE EXCEPTION 'not a v1 ciphertext' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v := decode(substr(encrypted_data, 4), 'base64');
    FOREACH k IN ARRAY ARRAY[current_setting('app.encryption_key', true), current_setting('app.encryption_key_previous', true)] LOOP
        CONTINUE WHEN COALESCE(k, '') = '';
        BEGIN
            RETURN pgp_sym_decrypt(v, k);
        EXCEPTION WHEN external_routine_invocation_exception THEN       -- 39000: wrong key or corrupt data
            NULL;
        END;
    END LOOP;
    RAISE EXCEPTION 'wrong key or corrupt data' USING ERRCODE = 'external_routine_invocation_exception';
END $$;
