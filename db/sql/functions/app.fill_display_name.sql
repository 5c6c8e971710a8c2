CREATE FUNCTION app.fill_display_name() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.display_name = COALESCE(NULLIF(btrim(NEW.display_name), ''), split_part(btrim(NEW.email), '@', 1));
    RETURN NEW;
END $$;
