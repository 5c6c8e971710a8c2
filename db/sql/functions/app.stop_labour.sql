-- A ticket that is done, or somebody else's now, has no timer running: what it measured is booked, unless the hours are
-- written in the same change.
CREATE FUNCTION app.stop_labour() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_hours numeric := app.end_labour(NEW.id, NULL, CASE WHEN NOT NEW.completed THEN NEW.tech END);
BEGIN
    IF v_hours > 0 AND NEW.actual_hours IS NOT DISTINCT FROM OLD.actual_hours THEN
        NEW.actual_hours = LEAST(COALESCE(OLD.actual_hours, 0) + v_hours, 999.99);
    END IF;
    RETURN NEW;
END $$;
