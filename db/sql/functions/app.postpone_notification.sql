-- Not sent, to be tried again after p_after. p_uncertain: it may have arrived all the same. p_destination_too: nothing
-- else may go there before (Slack asked for it or is away), and it keeps its place, so that while Slack is away no more
-- than one message a destination becomes uncertain; otherwise other tickets' messages overtake.
-- False: the claim p_attempts was lost.
CREATE FUNCTION app.postpone_notification(
    p_id bigint, p_attempts integer, p_after interval, p_error text, p_uncertain boolean, p_destination_too boolean
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n
       SET due = CASE WHEN p_destination_too THEN n.due ELSE now() + p_after END, failures = n.failures + 1, error = p_error, updated_at = now(),
           uncertain_since = CASE WHEN p_uncertain THEN n.uncertain_since END
     WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM app.free_destination(p_id, CASE WHEN p_destination_too THEN now() + p_after ELSE now() END);
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.postpone_notification(bigint, integer, interval, text, boolean, boolean) TO repair_bot;
