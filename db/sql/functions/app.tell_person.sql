-- Tells a Slack account what has become of its access: p_change is 'given', 'role' or 'taken'. It goes to the account, not
-- to whoever is linked by now: who has lost their access has no link any more. What was not said yet is not said any more.
-- Nobody is told of what they did themselves, nor of an approval, which is answered on its own (app.settle_access).
CREATE FUNCTION app.tell_person(p_person integer, p_account text, p_change text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_actor user_permissions;
BEGIN
    SELECT * INTO v_actor FROM user_permissions u WHERE u.kinde_user_id = app.user_id();
    IF v_actor.id = p_person OR EXISTS (SELECT FROM app.access_requests r
                                         WHERE r.slack_user_id = p_account AND r.decided_by IS NOT NULL AND r.decided_at = now())
    THEN
        RETURN;
    END IF;
    UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
     WHERE n.kind = 'access_changed' AND n.destination = p_person AND n.facts ->> 'account' = p_account
       AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL;
    INSERT INTO notifications (kind, recipient_id, facts, actor_name)
    SELECT 'access_changed', u.id, jsonb_build_object('account', p_account, 'change', p_change, 'role', u.role), v_actor.display_name
      FROM user_permissions u WHERE u.id = p_person;
    PERFORM pg_notify('notifications', '');    -- heard at commit
END $$;
