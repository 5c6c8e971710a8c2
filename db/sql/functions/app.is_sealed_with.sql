-- Whether an encrypt_sensitive_data() was made with this key and is as it was made.
CREATE FUNCTION app.is_sealed_with(p_key text, encrypted_data text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE(p_key <> '' AND encrypted_data LIKE 'v1:%:%'
                    AND split_part(encrypted_data, ':', -1) = app.seal(substring(encrypted_data FROM '^(.*):'), p_key), false);
END $$;
