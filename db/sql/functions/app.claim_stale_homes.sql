-- The Slack ids of up to p_limit people who opened their Home within p_lately and whose view is older than the newest
-- change of a ticket, each at most once in p_pace whatever the number of workers. Each is marked as shown: who can't
-- publish says so by app.forget_home, and the person's next opening starts anew.
CREATE FUNCTION app.claim_stale_homes(p_limit integer, p_lately interval, p_pace interval) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_newest bigint := (SELECT COALESCE(max(e.id), 0) FROM ticket_events e);
    v_people jsonb;
BEGIN
    WITH stale AS (
        SELECT h.user_id FROM home_openings h
         WHERE h.opened_at > now() - p_lately AND h.shown_event < v_newest AND h.published_at <= now() - p_pace
         ORDER BY h.published_at
         LIMIT p_limit
           FOR UPDATE SKIP LOCKED),
    claimed AS (
        UPDATE home_openings h SET shown_event = v_newest, published_at = now()
          FROM stale s WHERE h.user_id = s.user_id
        RETURNING h.user_id)
    SELECT COALESCE(jsonb_agg(u.slack_user_id ORDER BY u.id), '[]') INTO v_people
      FROM claimed c JOIN user_permissions u ON u.id = c.user_id
     WHERE u.slack_user_id IS NOT NULL;        -- who has lost their access, too: it is taken off their screen
    RETURN v_people;
END $$;
GRANT EXECUTE ON FUNCTION app.claim_stale_homes(integer, interval, interval) TO repair_bot;
