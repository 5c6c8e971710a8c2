-- Stored lower-case: '=' on text is leakproof and so may use its index under row-level security, lower() and citext not.
CREATE FUNCTION app.normalize_email() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.email = lower(btrim(NEW.email) COLLATE "C");      -- A to Z alone: a KELVIN SIGN is refused, no k
    RETURN NEW;
END $$;
