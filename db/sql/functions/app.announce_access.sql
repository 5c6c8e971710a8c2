-- Tells each Manager of each open request for access of which they have not been told: there may be a new request or a
-- new Manager. Any number of calls say it once.
CREATE FUNCTION app.announce_access() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notifications AS n (kind, request_id, recipient_id, dedupe_key)
    SELECT 'access_requested', r.id, u.id, format('access:%s:%s', r.id, u.id)
      FROM app.access_requests r CROSS JOIN user_permissions u
     WHERE r.state = 'open' AND u.role = 'Manager' AND app.may_be_told(u)
     ORDER BY r.id, u.id
    ON CONFLICT (dedupe_key) DO UPDATE             -- was no Manager for a while
       SET version = n.version + 1, state = 'waiting', due = now(), failures = 0, error = NULL, updated_at = now()
     WHERE n.state = 'dropped';
    IF FOUND THEN
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
END $$;
