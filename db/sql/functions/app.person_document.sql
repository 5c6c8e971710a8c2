-- db.models.PersonFacts: somebody as the Managers see them.
CREATE FUNCTION app.person_document(p_person integer) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', u.id,
        'name', u.display_name,
        'email', u.email,
        'role', u.role,
        'is_active', u.is_active,
        'slack_user_id', u.slack_user_id,
        'slack_state', u.slack_state,
        'open_tickets', (SELECT count(*) FROM tickets t WHERE t.tech = u.email AND NOT t.completed))
      FROM user_permissions u WHERE u.id = p_person
$$;
