-- How many messages were given up; NULL for who isn't a Manager.
CREATE FUNCTION app.count_undelivered() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN app.user_role() = 'Manager' THEN (SELECT count(*) FROM notifications n WHERE n.state = 'dead') END
$$;
GRANT EXECUTE ON FUNCTION app.count_undelivered() TO repair_bot;
