-- The text of an encrypt_sensitive_data(). Granted to nobody: callers check who may read it. Nothing is decrypted unless
-- its seal is right: OpenPGP's own check doesn't notice every change.
CREATE FUNCTION app.decrypt(encrypted_data text) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE k text;
BEGIN
    IF encrypted_data IS NULL THEN RETURN NULL; END IF;
    FOREACH k IN ARRAY ARRAY[current_setting('app.encryption_key', true), current_setting('app.encryption_key_previous', true)] LOOP
        IF app.is_sealed_with(k, encrypted_data) THEN
            RETURN pgp_sym_decrypt(decode(split_part(encrypted_data, ':', 2), 'base64'), k);
        END IF;
    END LOOP;
    PERFORM app.refuse('secret_unreadable', 'wrong key or corrupt data', '{}', 'external_routine_invocation_exception');
END $$;
