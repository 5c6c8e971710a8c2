-- Called right before sending: tells whether the claim p_attempts still holds (a paused process may wake after its
-- lease; what was to be said may have been overtaken), notes that from now on the message may have arrived, and begins
-- the lease anew, so that it covers the call.
CREATE FUNCTION app.confirm_notification(p_id bigint, p_attempts integer, p_lease interval) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n SET uncertain_since = COALESCE(n.uncertain_since, now()), updated_at = now()
     WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    IF FOUND THEN
        UPDATE notification_destinations d SET next_at = now() + p_lease WHERE d.claimed_id = p_id;
        RETURN true;
    END IF;
    IF EXISTS (SELECT FROM notifications n WHERE n.id = p_id AND n.attempts = p_attempts) THEN
        PERFORM app.free_destination(p_id, now());
    END IF;
    RETURN false;
END $$;
GRANT EXECUTE ON FUNCTION app.confirm_notification(bigint, integer, interval) TO repair_bot;
