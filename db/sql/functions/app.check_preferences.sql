-- Messages wait by a person's clock, so their time zone must be one.
CREATE FUNCTION app.check_preferences() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.time_zone IS NOT NULL AND NOT app.is_time_zone(NEW.time_zone) THEN
        RAISE EXCEPTION 'no such time zone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'preferences_time_zone_check', TABLE = 'preferences';
    END IF;
    RETURN NEW;
END $$;
