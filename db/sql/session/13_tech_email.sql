-- The asker's e-mail if they are a technician, else NULL.
CREATE FUNCTION app.tech_email() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN current_setting('app.user_role', true) = 'Technician'
                THEN NULLIF(NULLIF(current_setting('app.current_user_email', true), ''), 'unassigned') END;
GRANT EXECUTE ON FUNCTION app.tech_email() TO authenticated_users;
