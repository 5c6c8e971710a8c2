-- What a customer lets the shop spend is changed by Managers, wherever row-level security applies; without a role the caller is trusted.
CREATE FUNCTION app.guard_approval_limit() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF app.user_role() IS NOT NULL AND row_security_active('public.customers'::regclass) THEN
        PERFORM app.require_role('Manager');
    END IF;
    RETURN NEW;
END $$;
