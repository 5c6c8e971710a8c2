-- Slack refused an account's Home, or it has lost its access: nothing more is published until it is opened again.
CREATE FUNCTION app.forget_home(p_user text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM home_openings h WHERE h.slack_user_id = p_user
$$;
GRANT EXECUTE ON FUNCTION app.forget_home(text) TO repair_bot;
