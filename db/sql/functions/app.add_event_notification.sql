-- Says what happened to a ticket: in its card's thread (no recipient), or directly to a person. The first event goes at
-- once; what happens within a minute, or while a person's message has to wait, is added to that message, which is edited.
-- p_broadcast: a reply in the thread that the channel sees too, a message for itself, since Slack can't do that by an
-- edit. As with app.add_notification, nobody is told of what they did themselves, nor who can't be told.
CREATE FUNCTION app.add_event_notification(
    p_kind text, p_ticket_id integer, p_recipient_id integer, p_event jsonb, p_broadcast boolean DEFAULT false
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c_most  CONSTANT integer := 20;     -- events in one message
    v_actor user_permissions;
    v_event jsonb;
    n       notifications;
BEGIN
    SELECT * INTO v_actor FROM user_permissions u WHERE u.kinde_user_id = app.user_id();
    IF p_recipient_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM user_permissions u
                        WHERE u.id = p_recipient_id AND app.may_be_told(u) AND u.id IS DISTINCT FROM v_actor.id)
    THEN
        RETURN;
    END IF;
    -- of two who write about one ticket at once, the second one sees the first one's message
    PERFORM FROM notifications c WHERE c.dedupe_key = 'card:' || p_ticket_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM app.add_notification('card', p_ticket_id, NULL);
    END IF;
    v_event := p_event || jsonb_build_object('actor', v_actor.display_name);
    SELECT * INTO n FROM notifications x
     WHERE x.ticket_id = p_ticket_id AND x.recipient_id IS NOT DISTINCT FROM p_recipient_id AND x.kind = p_kind
     ORDER BY x.id DESC LIMIT 1;
    IF NOT p_broadcast AND n.state IN ('waiting', 'sent')
       AND (n.created_at > now() - interval '1 minute'
            OR (n.recipient_id IS NOT NULL AND n.due > now() AND n.ts IS NULL AND n.uncertain_since IS NULL))
       AND NOT n.facts ? 'broadcast' AND jsonb_array_length(n.facts -> 'events') < c_most
    THEN
        PERFORM app.revise_notification(n.id, jsonb_set(n.facts, '{events}', n.facts -> 'events' || v_event));
        RETURN;
    END IF;
    INSERT INTO notifications (kind, ticket_id, recipient_id, facts, actor_name)
    VALUES (p_kind, p_ticket_id, p_recipient_id,
            jsonb_build_object('events', jsonb_build_array(v_event))
            || CASE WHEN p_broadcast THEN '{"broadcast": 1}'::jsonb ELSE '{}' END,
            v_actor.display_name);
    PERFORM pg_notify('notifications', '');    -- heard at commit
END $$;
