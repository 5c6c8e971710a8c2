-- For `python -m bot check`: without a linked Manager nobody can let others in. Definer: there is no session yet.
CREATE FUNCTION app.count_linked_managers() RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*)::integer FROM user_permissions u
     WHERE u.role = 'Manager' AND u.is_active AND u.slack_user_id IS NOT NULL
$$;
GRANT EXECUTE ON FUNCTION app.count_linked_managers() TO repair_bot;
