-- Somebody's access changed, or their account: what they have open of the app is out of date.
CREATE FUNCTION app.refresh_homes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE home_openings h SET shown_event = -1
     WHERE h.slack_user_id IN (OLD.slack_user_id, CASE TG_OP WHEN 'UPDATE' THEN NEW.slack_user_id END);
    RETURN NULL;                                                            -- AFTER trigger
END $$;
