-- Links a Slack account to the one active, unlinked person, no Manager, with its confirmed e-mail. Asked again it
-- answers the same. Only A to Z are the same in either case: a KELVIN SIGN must not pass for a k. Where a Manager can
-- help, they are asked; that has to be committed, so why there is no link is answered and not raised. db.members.Linked
CREATE FUNCTION app.link_slack_user(p_team text, p_user text, p_email text, p_name text, p_zone text DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_email  text := lower(btrim(p_email) COLLATE "C");
    u        user_permissions;
    v_reason text;
BEGIN
    IF (p_team = app.setting('slack_team_id')) IS NOT TRUE THEN
        v_reason := 'other_workspace';
    ELSIF (p_user ~ '^[A-Za-z0-9_-]{1,32}$') IS NOT TRUE THEN              -- the column's own refusal would show the whole row
        v_reason := 'unknown';
    ELSIF NOT EXISTS (SELECT FROM user_permissions x WHERE x.slack_user_id = p_user) THEN
        SELECT x.* INTO u FROM user_permissions x WHERE x.email = v_email FOR NO KEY UPDATE;
        v_reason := CASE WHEN u.id IS NULL THEN 'unknown'
                         WHEN NOT u.is_active THEN 'inactive'
                         WHEN u.slack_user_id = p_user THEN NULL               -- linked a moment ago
                         WHEN u.slack_user_id IS NOT NULL THEN 'ambiguous'     -- another account has the address, too
                         WHEN u.role = 'Manager' THEN 'manager_by_email' END;
        IF v_reason IS NULL THEN
            PERFORM app.open_session(u, NULL, 'slack:link');
            UPDATE user_permissions x
               SET slack_user_id = p_user, slack_state = 'member', display_name = COALESCE(NULLIF(btrim(p_name), ''), x.display_name),
                   slack_time_zone = app.known_zone(p_zone)
             WHERE x.id = u.id AND x.slack_user_id IS NULL;
        END IF;
    END IF;
    RETURN CASE
        WHEN v_reason IS NULL THEN
            jsonb_build_object('actor', app.set_slack_session(p_team, p_user,
                '{Manager,Technician,Regular User,Viewer}', 'slack:link'))
        ELSE
            jsonb_build_object('reason', v_reason, 'asked', CASE
                WHEN v_reason IN ('unknown', 'ambiguous', 'manager_by_email')
                THEN app.request_access(p_user, v_email, p_name, v_reason) END)
    END;
END $$;
GRANT EXECUTE ON FUNCTION app.link_slack_user(text, text, text, text, text) TO repair_bot;
