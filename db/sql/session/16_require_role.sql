CREATE FUNCTION app.require_role(VARIADIC p_roles text[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF app.user_role() IS NULL OR app.user_role() <> ALL (p_roles) THEN
        PERFORM app.refuse('role_forbidden', format('role %s may not do this', COALESCE(quote_literal(app.user_role()), '(none)')),
                           jsonb_build_object('role', app.user_role()));
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.require_role(text[]) TO authenticated_users;
