-- The message stands as p_ts in p_channel. If the ticket has changed since p_version was claimed, the row stays
-- waiting and the message is edited. The destination is free again after p_pace (Slack: about one message a second and
-- channel). False: the claim p_attempts was lost.
CREATE FUNCTION app.finish_notification(
    p_id bigint, p_attempts integer, p_version integer, p_channel text, p_ts text, p_pace interval DEFAULT '1 second'
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n
       SET state = CASE WHEN n.version = p_version THEN 'sent' ELSE 'waiting' END,
           channel = p_channel, ts = p_ts, uncertain_since = NULL, failures = 0, error = NULL,
           due = now(), sent_at = COALESCE(n.sent_at, now()), updated_at = now()
     WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE notification_destinations d SET channel = p_channel
      FROM notifications n
     WHERE d.claimed_id = p_id AND d.recipient_id <> 0 AND n.id = p_id AND n.kind <> 'access_changed';   -- that may be a former account's
    PERFORM app.free_destination(p_id, now() + p_pace);
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.finish_notification(bigint, integer, integer, text, text, interval) TO repair_bot;
