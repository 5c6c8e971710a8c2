-- Slack refused a person's Home, or they lost their access: nothing more is published until they open it again.
CREATE FUNCTION app.forget_home(p_user text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM home_openings h USING user_permissions u WHERE u.id = h.user_id AND u.slack_user_id = p_user
$$;
GRANT EXECUTE ON FUNCTION app.forget_home(text) TO repair_bot;
