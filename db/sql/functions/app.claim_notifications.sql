-- Claims up to p_limit due messages, at most one a destination and always its first one; nobody else gets that
-- destination for p_lease. Drops what has no reader any more: everything for the channel where none is configured, or
-- for people who are inactive or unlinked, and what app.notification_obstacle() names. Puts off what its reader's quiet
-- hours hold back (app.quiet_until). Two messages about one ticket to
-- one destination go in the order in which they came, so a card stands before what is said in its thread.
CREATE FUNCTION app.claim_notifications(p_shop_channel text, p_limit integer, p_lease interval) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_destination integer;
    v_id          bigint;
    v_ids         bigint[] := '{}';
    v_obstacle    text;
    v_quiet       timestamptz;
    v_next        notifications;
BEGIN
    PERFORM app.set_service_session();    -- a summary's figures are a Manager's
    INSERT INTO notification_destinations (recipient_id)
    SELECT r.id FROM (SELECT 0 UNION ALL SELECT u.id FROM user_permissions u
                            UNION ALL SELECT -q.id FROM app.access_requests q) r (id)
     WHERE NOT EXISTS (SELECT FROM notification_destinations d WHERE d.recipient_id = r.id)
       AND EXISTS (SELECT FROM notifications n WHERE n.destination = r.id AND n.state = 'waiting')
     ORDER BY r.id
    ON CONFLICT DO NOTHING;

    FOR v_destination IN
        SELECT d.recipient_id FROM notification_destinations d
         WHERE d.next_at <= now()
           AND EXISTS (SELECT FROM notifications n WHERE n.destination = d.recipient_id AND n.state = 'waiting' AND n.due <= now())
         ORDER BY d.next_at
         LIMIT p_limit
           FOR UPDATE OF d SKIP LOCKED
    LOOP
        IF (v_destination = 0 AND p_shop_channel IS NULL)
           OR (v_destination > 0 AND NOT EXISTS (SELECT FROM user_permissions u
                                                   WHERE u.id = v_destination AND app.may_be_told(u)))
        THEN
            UPDATE notifications n
               SET state = 'dropped', updated_at = now(),
                   error = CASE v_destination WHEN 0 THEN 'no shop channel' ELSE 'recipient inactive or not linked' END
             WHERE n.id IN (SELECT w.id FROM notifications w WHERE w.destination = v_destination AND w.state = 'waiting'
                               AND w.kind <> 'access_changed'    -- says just that, to the account
                               FOR UPDATE SKIP LOCKED);
            CONTINUE WHEN v_destination = 0;
        END IF;
        v_id := NULL;
        LOOP
            SELECT w.* INTO v_next FROM notifications w
             WHERE w.destination = v_destination AND w.state = 'waiting' AND w.due <= now()
               AND NOT EXISTS (SELECT FROM notifications e
                                WHERE e.destination = v_destination AND e.state = 'waiting'
                                  AND e.ticket_id = w.ticket_id AND e.id < w.id)
             ORDER BY w.due, w.id
             LIMIT 1
               FOR UPDATE SKIP LOCKED;
            EXIT WHEN NOT FOUND;    -- or a writer has it locked
            v_obstacle := app.notification_obstacle(v_next);
            v_quiet := app.quiet_until(v_next);
            IF v_obstacle IS NOT NULL THEN
                UPDATE notifications n SET state = 'dropped', error = v_obstacle, updated_at = now() WHERE n.id = v_next.id;
                CONTINUE;
            ELSIF v_quiet IS NOT NULL THEN
                UPDATE notifications n SET due = v_quiet, updated_at = now() WHERE n.id = v_next.id;
                CONTINUE;
            ELSIF v_next.kind = 'thread' AND NOT EXISTS (SELECT FROM notifications c
                    WHERE c.dedupe_key = 'card:' || v_next.ticket_id AND c.channel = p_shop_channel)
            THEN
                -- the card stands in another channel, or never did: it is posted here first
                PERFORM app.revise_notification(c.id) FROM (SELECT x.id FROM notifications x
                    WHERE x.dedupe_key = 'card:' || v_next.ticket_id FOR UPDATE SKIP LOCKED) c;
                CONTINUE WHEN FOUND;
                EXIT;
            END IF;
            IF v_next.kind = 'summary' THEN PERFORM app.keep_summary(v_next); END IF;
            UPDATE notifications n SET attempts = n.attempts + 1 WHERE n.id = v_next.id;
            v_id := v_next.id;
            EXIT;
        END LOOP;
        CONTINUE WHEN v_id IS NULL;
        UPDATE notification_destinations d SET claimed_id = v_id, next_at = clock_timestamp() + p_lease
         WHERE d.recipient_id = v_destination;
        v_ids := v_ids || v_id;
    END LOOP;
    RETURN COALESCE((SELECT jsonb_agg(app.notification_document(n, p_shop_channel) ORDER BY n.due, n.id)
                       FROM notifications n WHERE n.id = ANY (v_ids)), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.claim_notifications(text, integer, interval) TO repair_bot;
