-- Up to p_limit Slack accounts whose Home was opened within p_lately and whose view is older than the newest change of a
-- ticket, each at most once in p_pace whatever the number of workers; at once where their access changed
-- (app.refresh_homes). Each is marked as shown: who can't publish says so by app.forget_home, and the next opening starts
-- anew. Who has lost their access is among them, too: it is taken off their screen.
CREATE FUNCTION app.claim_stale_homes(p_limit integer, p_lately interval, p_pace interval) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_newest bigint := (SELECT COALESCE(max(e.id), 0) FROM ticket_events e);
    v_users  jsonb;
BEGIN
    WITH stale AS (
        SELECT h.slack_user_id FROM home_openings h
         WHERE h.opened_at > now() - p_lately AND h.shown_event < v_newest
           AND (h.published_at <= now() - p_pace OR h.shown_event < 0)
         ORDER BY h.published_at
         LIMIT p_limit
           FOR UPDATE SKIP LOCKED),
    claimed AS (
        UPDATE home_openings h SET shown_event = v_newest, published_at = now()
          FROM stale s WHERE h.slack_user_id = s.slack_user_id
        RETURNING h.slack_user_id)
    SELECT COALESCE(jsonb_agg(c.slack_user_id ORDER BY c.slack_user_id), '[]') INTO v_users FROM claimed c;
    RETURN v_users;
END $$;
GRANT EXECUTE ON FUNCTION app.claim_stale_homes(integer, interval, interval) TO repair_bot;
