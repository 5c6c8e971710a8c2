-- db.models.PersonSeen: somebody by their id, or by their Slack account: then nobody may have it, and the answer says so.
CREATE FUNCTION app.read_person(p_team text, p_user text, p_roles text[], p_source text, p_person integer,
                                p_account text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_id    integer;
BEGIN
    PERFORM app.require_role('Manager');
    SELECT u.id INTO v_id FROM user_permissions u
     WHERE CASE WHEN p_account IS NULL THEN u.id = p_person ELSE u.slack_user_id = p_account END;
    IF v_id IS NULL AND p_account IS NULL THEN
        PERFORM app.refuse('person_gone', 'there is no such person', '{}', 'no_data_found');
    END IF;
    RETURN jsonb_build_object('actor', v_actor, 'person', app.person_document(v_id));
END $$;
GRANT EXECUTE ON FUNCTION app.read_person(text, text, text[], text, integer, text) TO repair_bot;
