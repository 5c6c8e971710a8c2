-- Tells those who were told that a ticket is completed that this was taken back: a message that has just come is edited,
-- else another one says so; where the first never went, nothing is said. So do those who were told of a customer's no that
-- completed it.
CREATE FUNCTION app.announce_undo(p_ticket_id integer, p_told integer[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor text := (SELECT u.display_name FROM user_permissions u WHERE u.kinde_user_id = app.user_id());
    v_told  integer;
    n       notifications;
BEGIN
    FOREACH v_told IN ARRAY p_told LOOP
        SELECT * INTO n FROM notifications x
         WHERE x.ticket_id = p_ticket_id AND x.recipient_id = v_told AND x.kind IN ('completed', 'reopened')
         ORDER BY x.id DESC LIMIT 1;
        IF n.kind = 'completed' AND (n.ts IS NOT NULL OR n.uncertain_since IS NOT NULL) AND n.state IN ('waiting', 'sent')
           AND COALESCE(n.sent_at, n.created_at) > now() - interval '1 minute'
        THEN
            PERFORM app.revise_notification(n.id, n.facts || jsonb_build_object('undone', v_actor));
        ELSE
            PERFORM app.add_notification('reopened', p_ticket_id, v_told, '{"undone": 1}');
        END IF;
    END LOOP;
    FOR n IN SELECT x.* FROM notifications x
               JOIN approvals a ON a.id = (x.facts ->> 'approval')::integer AND a.state = 'declined'
               JOIN ticket_completions c ON c.ticket_id = a.ticket_id AND c.completed_at = a.decided_at AND c.undone_at = now()
              WHERE x.ticket_id = p_ticket_id AND x.kind = 'approval_decided' AND x.state IN ('waiting', 'sent')
    LOOP
        IF n.ts IS NULL AND n.uncertain_since IS NULL THEN
            UPDATE notifications x SET state = 'dropped', error = 'overtaken', updated_at = now() WHERE x.id = n.id;
        ELSIF n.recipient_id <> ALL (p_told) THEN
            PERFORM app.add_notification('reopened', p_ticket_id, n.recipient_id, '{"undone": 1}');
        END IF;
    END LOOP;
END $$;
