-- Gives somebody access, whatever stood there before: the first Manager, or a rescue. For administrators alone. Who is new and has an
-- account that another was added from once, and has no longer, is known by the address.
CREATE FUNCTION app.grant_access(p_email text, p_role text, p_slack_user text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    u user_permissions;
    v_created boolean := false;
    v_id      text := 'slack:' || app.setting('slack_team_id') || ':' || p_slack_user;
    v_address text := 'email:' || lower(btrim(p_email));
BEGIN
    PERFORM set_config('app.user_agent', 'command line', true);
    UPDATE user_permissions x
       SET role = p_role, is_active = true, slack_user_id = COALESCE(p_slack_user, x.slack_user_id),
           slack_state = CASE WHEN p_slack_user IS NULL THEN x.slack_state ELSE 'member' END,
           slack_told_at = CASE WHEN COALESCE(p_slack_user, x.slack_user_id) = x.slack_user_id THEN x.slack_told_at END,
           slack_time_zone = CASE WHEN COALESCE(p_slack_user, x.slack_user_id) = x.slack_user_id THEN x.slack_time_zone END
     WHERE x.email = lower(btrim(p_email) COLLATE "C") RETURNING x.* INTO u;
    IF NOT FOUND THEN
        v_created := true;
        INSERT INTO user_permissions (kinde_user_id, slack_user_id, email, role)
        VALUES (CASE WHEN EXISTS (SELECT FROM user_permissions x WHERE x.kinde_user_id = v_id) THEN v_address ELSE COALESCE(v_id, v_address) END,
                p_slack_user, p_email, p_role)
        RETURNING * INTO u;
    END IF;
    RETURN jsonb_build_object('id', u.id, 'email', u.email, 'name', u.display_name, 'role', u.role,
                              'slack_user_id', u.slack_user_id, 'created', v_created);
END $$;
