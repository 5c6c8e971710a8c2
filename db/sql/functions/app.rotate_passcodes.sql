-- Encrypts the next passcodes after this ticket's with the first key, whichever of the two they are under. For
-- `python -m db rotate-key`, which calls it until nothing is left: {last, changed, kept, unreadable}; last NULL: the end.
CREATE FUNCTION app.rotate_passcodes(p_after integer, p_encryption_keys text[], p_limit integer DEFAULT 100) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    s            ticket_secrets;
    v_last       integer;
    v_changed    integer := 0;
    v_kept       integer := 0;
    v_unreadable integer[] := '{}';
BEGIN
    PERFORM app.use_encryption_keys(p_encryption_keys), set_config('app.user_agent', 'rotate-key', true);
    FOR s IN SELECT x.* FROM ticket_secrets x WHERE x.ticket_id > p_after ORDER BY x.ticket_id LIMIT p_limit FOR UPDATE LOOP
        v_last := s.ticket_id;
        IF app.is_sealed_with(p_encryption_keys[1], s.device_passcode) THEN
            v_kept := v_kept + 1;
        ELSIF app.is_sealed_with(p_encryption_keys[2], s.device_passcode) THEN
            UPDATE ticket_secrets x SET device_passcode = encrypt_sensitive_data(app.decrypt(x.device_passcode)) WHERE x.ticket_id = s.ticket_id;
            v_changed := v_changed + 1;
        ELSE
            v_unreadable := v_unreadable || s.ticket_id;
        END IF;
    END LOOP;
    RETURN jsonb_build_object('last', v_last, 'changed', v_changed, 'kept', v_kept, 'unreadable', v_unreadable);
END $$;
