-- No use trying again: p_error says why (Slack's code). p_uncertain: an earlier try may have arrived, so that whoever
-- revives it looks first. A card comes back with its ticket's next change, and anything
-- by app.revive_notifications. The Managers are told that messages to this destination don't arrive, once a local day.
-- False: the claim p_attempts was lost.
CREATE FUNCTION app.bury_notification(p_id bigint, p_attempts integer, p_error text, p_uncertain boolean DEFAULT false) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE n notifications;
BEGIN
    UPDATE notifications x
       SET state = 'dead', error = p_error, updated_at = now(),
           uncertain_since = CASE WHEN p_uncertain THEN x.uncertain_since END
     WHERE x.id = p_id AND x.attempts = p_attempts AND x.state = 'waiting'
    RETURNING x.* INTO n;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM app.free_destination(p_id, now());
    IF n.kind <> 'undeliverable' THEN    -- or what says so would be about itself
        INSERT INTO notifications (kind, recipient_id, dedupe_key, facts)
        SELECT 'undeliverable', u.id, format('undeliverable:%s:%s:%s', u.id, n.destination, to_char(app.shop_today(), 'YYYY-MM-DD')),
               jsonb_build_object('destination', n.destination, 'to', app.destination_name(n.destination), 'error', p_error)
          FROM user_permissions u
         WHERE u.role = 'Manager' AND app.may_be_told(u) AND u.id <> n.destination
         ORDER BY u.id
        ON CONFLICT (dedupe_key) DO NOTHING;
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.bury_notification(bigint, integer, text, boolean) TO repair_bot;
