CREATE FUNCTION app.review_estimate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.review_approval(NEW.id);
    RETURN NULL;                                                            -- AFTER trigger
END $$;
