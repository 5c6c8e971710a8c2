-- db.models.Actor
CREATE FUNCTION app.actor_document(p_person user_permissions) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN jsonb_build_object('id', p_person.id, 'name', p_person.display_name, 'role', p_person.role,
                              'email', p_person.email, 'slack_user_id', p_person.slack_user_id);
END $$;
