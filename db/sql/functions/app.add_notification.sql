-- Puts a message into the outbox, in the transaction of the change that it tells about.
-- A card (no recipient) is one row a ticket for ever: it becomes due again, with a new version. Of the messages about
-- one ticket to one person that contradict each other only the newest is still said, and not even that where it takes
-- back what was not said yet. Nobody is told of what they did themselves, nor who is inactive or has no Slack account
-- here; nor is there anybody to tell where a person is NULL.
CREATE FUNCTION app.add_notification(p_kind text, p_ticket_id integer, p_recipient_id integer, p_facts jsonb DEFAULT '{}')
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   user_permissions;
    v_dropped text[];
BEGIN
    SELECT * INTO v_actor FROM user_permissions u WHERE u.kinde_user_id = app.user_id();
    IF p_kind = 'card' THEN
        INSERT INTO notifications AS n (kind, ticket_id, dedupe_key, facts, actor_name)
        VALUES ('card', p_ticket_id, 'card:' || p_ticket_id, p_facts, v_actor.display_name)
        ON CONFLICT (dedupe_key) DO UPDATE
           SET version = n.version + 1, facts = EXCLUDED.facts, actor_name = EXCLUDED.actor_name, state = 'waiting',
               due = CASE n.state WHEN 'waiting' THEN n.due ELSE now() END,
               failures = CASE n.state WHEN 'waiting' THEN n.failures ELSE 0 END,
               error = NULL, updated_at = now();
    ELSE
        WITH overtaken AS (
            UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
             WHERE n.ticket_id = p_ticket_id AND n.recipient_id = p_recipient_id AND n.state = 'waiting'
               AND n.ts IS NULL AND n.uncertain_since IS NULL
               AND n.kind = ANY (CASE WHEN p_kind IN ('assigned', 'unassigned') THEN '{assigned,unassigned}'::text[]
                                      WHEN p_kind IN ('completed', 'reopened') THEN '{completed,reopened}' END)
            RETURNING n.kind)
        SELECT array_agg(o.kind) INTO v_dropped FROM overtaken o;
        IF (p_kind = 'unassigned' AND 'assigned' = ANY (v_dropped))
           OR (p_kind = 'assigned' AND 'unassigned' = ANY (v_dropped))
           OR (p_kind = 'reopened' AND 'completed' = ANY (v_dropped))
        THEN
            RETURN;
        END IF;
        INSERT INTO notifications (kind, ticket_id, recipient_id, facts, actor_name)
        SELECT p_kind, p_ticket_id, u.id, p_facts, v_actor.display_name
          FROM user_permissions u
         WHERE u.id = p_recipient_id AND app.may_be_told(u) AND u.id IS DISTINCT FROM v_actor.id;
    END IF;
    PERFORM pg_notify('notifications', '');    -- heard at commit
END $$;
