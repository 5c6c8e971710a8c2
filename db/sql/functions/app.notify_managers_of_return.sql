-- A person was deactivated and p_count of their open tickets went back to the queue: a word to each Manager.
CREATE FUNCTION app.notify_managers_of_return(p_name text, p_count integer, p_user_id integer) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT app.add_notification('returned_to_queue', NULL, u.id, jsonb_build_object('name', p_name, 'count', p_count))
      FROM user_permissions u
     WHERE u.role = 'Manager' AND u.id <> p_user_id AND p_count > 0
     ORDER BY u.id
$$;
