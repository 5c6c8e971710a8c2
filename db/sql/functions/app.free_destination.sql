-- A notification is no longer on its way: its destination may be claimed again from p_next_at on.
CREATE FUNCTION app.free_destination(p_notification_id bigint, p_next_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE notification_destinations d SET claimed_id = NULL, next_at = p_next_at WHERE d.claimed_id = p_notification_id
$$;
