-- The message stands as p_ts in p_channel. If the ticket has changed since p_version was claimed, the row stays
-- waiting and the message is edited. The destination is free again after p_pace (Slack: about one message a second and
-- channel). False: the claim p_attempts was lost.
CREATE FUNCTION app.finish_notification(
    p_id bigint, p_attempts integer, p_version integer, p_channel text, p_ts text, p_pace interval DEFAULT '1 second'
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_destination integer;
BEGIN
    UPDATE notifications n
       SET state = CASE WHEN n.version = p_version THEN 'sent' ELSE 'waiting' END,
           channel = p_channel, ts = p_ts, uncertain_since = NULL, failures = 0, error = NULL,
           due = now(), sent_at = now(), updated_at = now()
     WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting'
    RETURNING n.destination INTO v_destination;
    IF v_destination IS NULL THEN RETURN false; END IF;
    UPDATE notification_destinations d
       SET next_at = now() + p_pace, channel = CASE WHEN d.recipient_id <> 0 THEN p_channel END
     WHERE d.recipient_id = v_destination;
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.finish_notification(bigint, integer, integer, text, text, interval) TO repair_bot;
