-- Takes over a linked person's Slack name, state ('member', 'guest', 'deleted') and time zone, where it is one. p_told_at: when that was so, NULL for
-- now; events may come late and in any order, and what is older than the last one changes nothing. False: nobody here
-- has that account.
CREATE FUNCTION app.refresh_slack_user(p_team text, p_user text, p_name text, p_state text, p_told_at timestamptz,
                                       p_zone text DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (p_team = app.setting('slack_team_id')) IS NOT TRUE THEN RETURN false; END IF;
    IF (p_state IN ('member', 'guest', 'deleted')) IS NOT TRUE THEN      -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no such state' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_slack_state_check';
    END IF;
    PERFORM set_config('app.user_agent', 'slack:user_change', true);
    UPDATE user_permissions u
       SET slack_state = p_state, display_name = COALESCE(NULLIF(btrim(p_name), ''), u.display_name),
           slack_told_at = COALESCE(p_told_at, u.slack_told_at),
           slack_time_zone = COALESCE(app.known_zone(p_zone), u.slack_time_zone)
     WHERE u.slack_user_id = p_user AND (u.slack_told_at > p_told_at) IS NOT TRUE;
    IF FOUND THEN RETURN true; END IF;
    IF p_state <> 'member' THEN                    -- nobody is to let a guest in
        PERFORM app.settle_access(r.id, 'refused', NULL, NULL)
          FROM app.access_requests r WHERE r.slack_user_id = p_user AND r.state = 'open';
    END IF;
    RETURN EXISTS (SELECT FROM user_permissions u WHERE u.slack_user_id = p_user);
END $$;
GRANT EXECUTE ON FUNCTION app.refresh_slack_user(text, text, text, text, timestamptz, text) TO repair_bot;
