-- The visibility rule of tickets as a function, for definer functions: the same as the policies (a test compares them).
CREATE FUNCTION app.sees_ticket(p_tech text, p_created_by text, p_completed boolean) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(app.user_role() IN ('Manager', 'Viewer')
                    OR (app.user_role() IS NOT NULL AND p_created_by = app.user_id())
                    OR p_tech = app.tech_email()
                    OR (p_tech = 'unassigned' AND NOT p_completed AND app.user_role() = 'Technician'), false);
GRANT EXECUTE ON FUNCTION app.sees_ticket(text, text, boolean) TO authenticated_users;
