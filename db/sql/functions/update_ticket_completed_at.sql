CREATE FUNCTION update_ticket_completed_at() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.completed AND NEW.completed_at IS NULL THEN
            NEW.completed_at = greatest(now(), NEW.created_at);
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.completed AND NOT OLD.completed THEN
        NEW.completed_at = greatest(now(), NEW.created_at);
    ELSIF NOT NEW.completed THEN
        NEW.completed_at = NULL;
    ELSE
        NEW.completed_at = COALESCE(NEW.completed_at, OLD.completed_at);
    END IF;
    NEW.updated_at = now();
    NEW.version = OLD.version + 1;
    RETURN NEW;
END $$;
