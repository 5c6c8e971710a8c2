-- Somebody wants to be told otherwise, whoever wrote that down: what waits for the end of their quiet hours is looked at anew.
CREATE FUNCTION app.follow_preferences() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.reconsider_notifications(COALESCE(NEW.user_id, OLD.user_id), NULL);
    RETURN NULL;
END $$;
