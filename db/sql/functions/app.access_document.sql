-- db.models.AccessRequest; whose address it is by now, too, where it is somebody's.
CREATE FUNCTION app.access_document(p_request integer) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', r.id,
        'name', r.name,
        'email', r.email,
        'obstacle', r.obstacle,
        'known_name', known.display_name,
        'known_role', known.role,
        'state', r.state,
        'role', r.role,
        'decided_by', decider.display_name)
      FROM app.access_requests r
      LEFT JOIN user_permissions known ON known.email = r.email
      LEFT JOIN user_permissions decider ON decider.id = r.decided_by
     WHERE r.id = p_request
$$;
