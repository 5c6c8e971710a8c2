-- Until when a message has to wait for its reader's quiet hours; NULL: it may be said now. An edit makes no sound, so it
-- doesn't wait, nor does a summary, which has its own hour, nor, if the reader lets it pass, what is about an urgent ticket. A reminder waits until
-- the shop is open, too, unless a Manager sends it.
CREATE FUNCTION app.quiet_until(p_notification notifications) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    v_until timestamptz;
BEGIN
    v_until := (
        SELECT app.quiet_end(p.quiet_from, p.quiet_until, COALESCE(p.time_zone, u.slack_time_zone, app.shop_time_zone()), now())
          FROM (SELECT p_notification.*) n
          JOIN preferences p ON p.user_id = n.recipient_id
          JOIN user_permissions u ON u.id = p.user_id
          LEFT JOIN tickets t ON t.id = n.ticket_id
         WHERE n.kind <> 'summary' AND n.ts IS NULL AND n.uncertain_since IS NULL
           AND NOT (p.urgent_passes AND COALESCE(t.priority = 'urgent', false)));
    IF p_notification.kind = 'reminder' AND p_notification.ts IS NULL AND p_notification.uncertain_since IS NULL
       AND NOT p_notification.facts -> 'reminders' @> '[{"why": "nudged"}]'
    THEN
        v_until := COALESCE(app.shop_time(COALESCE(v_until, now()), '0'), v_until);
    END IF;
    RETURN NULLIF(v_until, now());
END $$;
