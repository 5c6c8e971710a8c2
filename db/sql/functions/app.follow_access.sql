-- A person was linked, by whatever way: a request of theirs is settled. Somebody has become a Manager who can be told:
-- the open requests are theirs to decide, too, those for approval likewise.
CREATE FUNCTION app.follow_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.slack_user_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.slack_user_id IS DISTINCT FROM OLD.slack_user_id) THEN
        PERFORM app.settle_access(r.id, 'approved', NEW.role, NULL)
          FROM app.access_requests r WHERE r.slack_user_id = NEW.slack_user_id AND r.state = 'open';
    END IF;
    IF NEW.role = 'Manager' AND app.may_be_told(NEW) THEN
        PERFORM app.announce_access(), app.announce_approvals();
    END IF;
    RETURN NULL;
END $$;
