-- Somebody's role or access changed, or another Slack account is theirs: the accounts concerned are told. What stands
-- in the former account's conversation is not edited there any more, nor looked for there.
CREATE FUNCTION app.announce_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_had text := CASE WHEN app.may_be_told(OLD) THEN OLD.slack_user_id END;
    v_has text := CASE WHEN app.may_be_told(NEW) THEN NEW.slack_user_id END;
BEGIN
    IF NEW.slack_user_id IS DISTINCT FROM OLD.slack_user_id THEN
        UPDATE notifications n SET state = 'dropped', error = 'told to a former account', channel = NULL, ts = NULL, updated_at = now()
         WHERE n.recipient_id = NEW.id AND n.ts IS NOT NULL AND n.state IN ('waiting', 'sent');
        UPDATE notification_destinations d SET channel = NULL WHERE d.recipient_id = NEW.id;
    END IF;
    IF v_had IS DISTINCT FROM v_has AND v_had IS NOT NULL THEN
        PERFORM app.tell_person(NEW.id, v_had, 'taken');
    END IF;
    IF v_had IS DISTINCT FROM v_has AND v_has IS NOT NULL THEN
        PERFORM app.tell_person(NEW.id, v_has, 'given');
    ELSIF v_has IS NOT NULL AND NEW.role <> OLD.role THEN
        PERFORM app.tell_person(NEW.id, v_has, 'role');
    END IF;
    RETURN NULL;                                                            -- AFTER trigger
END $$;
