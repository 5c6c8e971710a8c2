-- What the Managers read of a request for access is out of date: their messages are edited.
CREATE FUNCTION app.renew_access(p_request integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n
       SET version = n.version + 1, state = 'waiting', updated_at = now(),
           due = CASE n.state WHEN 'waiting' THEN n.due ELSE now() END
     WHERE n.request_id = p_request AND n.kind = 'access_requested' AND n.state IN ('waiting', 'sent');
    PERFORM pg_notify('notifications', '');    -- heard at commit
END $$;
