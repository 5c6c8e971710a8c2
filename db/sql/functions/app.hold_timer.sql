-- One change of somebody's timer at a time: taken before their tickets are locked.
CREATE FUNCTION app.hold_timer() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pg_advisory_xact_lock(hashtext('timer'), u.id) FROM user_permissions u WHERE u.kinde_user_id = app.user_id()
$$;
GRANT EXECUTE ON FUNCTION app.hold_timer() TO repair_bot;
