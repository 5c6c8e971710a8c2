-- A reply found no card to stand under: somebody has deleted it. The card is posted anew, and the reply waits for that.
-- False: the claim p_attempts was lost.
CREATE FUNCTION app.repost_card(p_id bigint, p_attempts integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.revise_notification(c.id)
       FROM notifications n JOIN notifications c ON c.dedupe_key = 'card:' || n.ticket_id
      WHERE n.id = p_id AND n.attempts = p_attempts AND n.state = 'waiting';
    RETURN app.postpone_notification(p_id, p_attempts, interval '0', 'no card to stand under', false, false);
END $$;
GRANT EXECUTE ON FUNCTION app.repost_card(bigint, integer) TO repair_bot;
