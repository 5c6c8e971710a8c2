-- The one Slack workspace that is served: the first that asks. Returns the stored one, which the caller compares.
CREATE FUNCTION app.claim_workspace(p_team text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO shop_settings (key, value) VALUES ('slack_team_id', p_team) ON CONFLICT (key) DO NOTHING;
    RETURN app.setting('slack_team_id');
END $$;
GRANT EXECUTE ON FUNCTION app.claim_workspace(text) TO repair_bot;
