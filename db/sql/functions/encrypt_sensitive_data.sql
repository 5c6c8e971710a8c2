-- 'v1:', the data under AES-256 with a random salt, ':', a seal over all before it. The key (32 characters or more) is in
-- app.encryption_key, set for the transaction by the caller; app.encryption_key_previous while rotating.
CREATE FUNCTION encrypt_sensitive_data(data text) RETURNS text LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
DECLARE
    k text := NULLIF(current_setting('app.encryption_key', true), '');
    v text;
BEGIN
    IF data IS NULL THEN RETURN NULL; END IF;
    IF k IS NULL OR length(k) < 32 THEN
        RAISE EXCEPTION 'app.encryption_key is not set or is shorter than 32 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v := 'v1:' || translate(encode(pgp_sym_encrypt(data, k, 'cipher-algo=aes256, compress-algo=0, unicode-mode=1'), 'base64'), E'\n', '');
    RETURN v || ':' || app.seal(v, k);
END $$;
GRANT EXECUTE ON FUNCTION encrypt_sensitive_data(text) TO authenticated_users;
