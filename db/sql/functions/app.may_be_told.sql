-- Whether a person can be written to: active, and linked to a full member of the workspace.
CREATE FUNCTION app.may_be_told(p_person user_permissions) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT p_person.is_active AND p_person.slack_user_id IS NOT NULL AND p_person.slack_state = 'member'
$$;
GRANT EXECUTE ON FUNCTION app.may_be_told(user_permissions) TO repair_bot;
