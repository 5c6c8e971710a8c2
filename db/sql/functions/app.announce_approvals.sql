-- Tells each Manager of each open request for approval of which they have not been told, but for who asked: there may be a new
-- request or a new Manager. Any number of calls say it once.
CREATE FUNCTION app.announce_approvals() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notifications AS n (kind, ticket_id, recipient_id, dedupe_key, facts, actor_name)
    SELECT 'approval_requested', a.ticket_id, u.id, format('approval:%s:%s', a.id, u.id), jsonb_build_object('approval', a.id),
           (SELECT x.display_name FROM user_permissions x WHERE x.id = a.requested_by)
      FROM approvals a CROSS JOIN user_permissions u
     WHERE a.state = 'open' AND u.role = 'Manager' AND app.may_be_told(u) AND u.id IS DISTINCT FROM a.requested_by
     ORDER BY a.id, u.id
    ON CONFLICT (dedupe_key) DO UPDATE             -- was no Manager for a while
       SET version = n.version + 1, state = 'waiting', due = now(), failures = 0, error = NULL, updated_at = now()
     WHERE n.state = 'dropped';
    IF FOUND THEN
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
END $$;
