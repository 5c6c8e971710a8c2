-- When a ticket is due, unless somebody says so: by its priority (the settings due_hours_...), in hours in which the shop is open,
-- from the filing on, or from when it got another priority or was opened again (a completion taken back is as if it had not been). A date that somebody wrote stays as it is.
CREATE FUNCTION app.set_due_date() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.due_by_default = NEW.due_at IS NULL;
    ELSIF NEW.due_at IS DISTINCT FROM OLD.due_at THEN
        NEW.due_by_default = false;
    ELSIF NEW.priority = OLD.priority AND (NEW.completed >= OLD.completed OR app.is_taken_back(NEW.id)) THEN
        RETURN NEW;
    END IF;
    IF NEW.due_by_default AND NOT NEW.completed THEN
        NEW.due_at = date_trunc('minute', app.shop_time(CASE TG_OP WHEN 'INSERT' THEN NEW.created_at ELSE now() END,
                                                        app.setting_hours('due_hours_' || NEW.priority)));
    END IF;
    RETURN NEW;
END $$;
