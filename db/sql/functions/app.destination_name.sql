-- Whose messages go to a destination (notifications.destination), by name; NULL: the shop's channel.
CREATE FUNCTION app.destination_name(p_destination integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_destination > 0 THEN (SELECT u.display_name FROM user_permissions u WHERE u.id = p_destination)
                WHEN p_destination < 0 THEN (SELECT r.name FROM app.access_requests r WHERE r.id = -p_destination) END
$$;
