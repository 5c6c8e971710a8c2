-- Takes over a linked person's Slack name and state ('member', 'guest', 'deleted'); false: nobody here has that account.
CREATE FUNCTION app.refresh_slack_user(p_team text, p_user text, p_name text, p_state text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (p_team = app.setting('slack_team_id')) IS NOT TRUE THEN RETURN false; END IF;
    PERFORM set_config('app.user_agent', 'slack:user_change', true);
    UPDATE user_permissions u
       SET slack_state = p_state, display_name = COALESCE(NULLIF(btrim(p_name), ''), u.display_name)
     WHERE u.slack_user_id = p_user;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.refresh_slack_user(text, text, text, text) TO repair_bot;
