-- Refuses another role than there are, or another Slack id than Slack's: the columns' own refusals would show the whole row.
CREATE FUNCTION app.check_access(p_values jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF p_values - '{role,is_active,slack_user_id}'::text[] <> '{}' THEN
        RAISE EXCEPTION 'no columns of access' USING ERRCODE = 'undefined_column';
    ELSIF p_values ? 'role' AND (p_values ->> 'role' = ANY ('{Manager,Technician,Regular User,Viewer}')) IS NOT TRUE THEN
        RAISE EXCEPTION 'no such role' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_role_check';
    ELSIF p_values ->> 'slack_user_id' !~ '^[A-Za-z0-9_-]{1,32}$' THEN
        RAISE EXCEPTION 'no Slack id' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_slack_user_id_check';
    ELSIF p_values ? 'is_active' AND jsonb_typeof(p_values -> 'is_active') <> 'boolean' THEN
        RAISE EXCEPTION 'neither on nor off' USING ERRCODE = 'not_null_violation';
    END IF;
END $$;
