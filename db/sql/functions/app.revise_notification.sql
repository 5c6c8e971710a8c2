-- A message has to be said anew, with other facts where they are given: it is edited if it stands. It keeps its place
-- if it still waits.
CREATE FUNCTION app.revise_notification(p_id bigint, p_facts jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE notifications n
       SET version = n.version + 1, facts = COALESCE(p_facts, n.facts), state = 'waiting',
           due = CASE n.state WHEN 'waiting' THEN n.due ELSE now() END,
           failures = CASE n.state WHEN 'waiting' THEN n.failures ELSE 0 END,
           error = NULL, updated_at = now()
     WHERE n.id = p_id;
    SELECT pg_notify('notifications', '')    -- heard at commit
$$;
