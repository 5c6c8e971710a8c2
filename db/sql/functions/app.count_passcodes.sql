-- db.models.PasscodesFound: how many passcodes these keys, the present one and the one before, can read.
CREATE FUNCTION app.count_passcodes(p_encryption_keys text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('present', count(*) FILTER (WHERE f.key = 1), 'previous', count(*) FILTER (WHERE f.key = 2),
                                  'unreadable', count(*) FILTER (WHERE f.key IS NULL))
          FROM (SELECT CASE WHEN app.is_sealed_with(p_encryption_keys[1], s.device_passcode) THEN 1
                            WHEN app.is_sealed_with(p_encryption_keys[2], s.device_passcode) THEN 2 END AS key
                  FROM (SELECT * FROM ticket_secrets ORDER BY ticket_id DESC LIMIT 10000) s) f);  -- the newest: within a second
END $$;
GRANT EXECUTE ON FUNCTION app.count_passcodes(text[]) TO repair_bot;
