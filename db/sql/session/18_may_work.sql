-- Whether tickets may be assigned to somebody of this role and state.
CREATE FUNCTION app.may_work(p_role text, p_is_active boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN p_is_active AND p_role IN ('Technician', 'Manager');
GRANT EXECUTE ON FUNCTION app.may_work(text, boolean) TO authenticated_users;
