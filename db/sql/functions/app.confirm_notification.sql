-- Called right before sending: tells whether the claim p_attempts still holds (a paused process may wake after its
-- lease), and notes that from now on the message may have arrived.
CREATE FUNCTION app.confirm_notification(p_id bigint, p_attempts integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n SET uncertain_since = COALESCE(n.uncertain_since, now()), updated_at = now()
     WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.confirm_notification(bigint, integer) TO repair_bot;
