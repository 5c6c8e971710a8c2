-- Ends an open request for access. p_decided_by NULL: nobody had to decide any more, and the person need not be told.
-- Messages that stand are edited, what was not said yet is not said any more.
CREATE FUNCTION app.settle_access(p_request integer, p_state text, p_role text, p_decided_by integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE app.access_requests r
       SET state = p_state, role = p_role, decided_by = p_decided_by, decided_at = now()
     WHERE r.id = p_request AND r.state = 'open';
    IF NOT FOUND THEN RETURN; END IF;
    UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
     WHERE n.request_id = p_request AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL;
    PERFORM app.renew_access(p_request);
    IF p_decided_by IS NOT NULL THEN
        INSERT INTO notifications (kind, request_id, dedupe_key, actor_name)
        SELECT 'access_decided', p_request, 'access:' || p_request, u.display_name
          FROM user_permissions u WHERE u.id = p_decided_by;
    END IF;
END $$;
