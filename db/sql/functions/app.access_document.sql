-- db.models.AccessRequest; whose address it is by now, too, where it is somebody's, or else whose account it was before:
-- who was added from it keeps the id that says so.
CREATE FUNCTION app.access_document(p_request integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
            'id', r.id,
            'slack_user_id', r.slack_user_id,
            'name', r.name,
            'email', r.email,
            'obstacle', r.obstacle,
            'known_name', known.display_name,
            'known_role', known.role,
            'known_again', COALESCE(known.email <> r.email, false),
            'state', r.state,
            'role', r.role,
            'decided_by', decider.display_name)
          FROM app.access_requests r
          LEFT JOIN LATERAL (
              SELECT x.* FROM user_permissions x
               WHERE x.email = r.email OR x.kinde_user_id = format('slack:%s:%s', app.setting('slack_team_id'), r.slack_user_id)
               ORDER BY x.email = r.email DESC LIMIT 1) known ON true
          LEFT JOIN user_permissions decider ON decider.id = r.decided_by
         WHERE r.id = p_request);
END $$;
