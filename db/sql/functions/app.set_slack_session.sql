-- For a Slack request: checks workspace, link, state and whether the role is among those that the request needs
-- (p_roles), says who is asking for the rest of the transaction, and returns them as db.models.Actor.
CREATE FUNCTION app.set_slack_session(p_team text, p_user text, p_roles text[], p_source text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE u user_permissions; v_reason text;
BEGIN
    SELECT x.* INTO u FROM user_permissions x WHERE x.slack_user_id = p_user;
    v_reason := CASE WHEN (p_team = app.setting('slack_team_id')) IS NOT TRUE THEN 'other_workspace'
                     WHEN u.id IS NULL THEN 'unknown'
                     WHEN NOT u.is_active THEN 'inactive'
                     WHEN u.slack_state <> 'member' THEN u.slack_state END;
    IF v_reason IS NOT NULL THEN
        PERFORM app.refuse('not_linked', 'this Slack account has no access', jsonb_build_object('reason', v_reason));
    ELSIF (u.role = ANY (p_roles)) IS NOT TRUE THEN
        PERFORM app.refuse('role_forbidden', format('role %L may not do this', u.role), jsonb_build_object('role', u.role));
    END IF;
    PERFORM app.open_session(u, NULL, p_source);
    RETURN app.actor_document(u);
END $$;
GRANT EXECUTE ON FUNCTION app.set_slack_session(text, text, text[], text) TO repair_bot;
