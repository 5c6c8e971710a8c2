-- No use trying again: p_error says why (Slack's code). A card comes back with its ticket's next change.
-- False: the claim p_attempts was lost.
CREATE FUNCTION app.bury_notification(p_id bigint, p_attempts integer, p_error text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n SET state = 'dead', error = p_error, uncertain_since = NULL, updated_at = now()
     WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM app.free_destination(p_id, now());
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.bury_notification(bigint, integer, text) TO repair_bot;
