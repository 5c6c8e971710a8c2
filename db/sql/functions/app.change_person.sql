-- db.models.PersonChanged: another role, access or Slack account. p_seen and p_changes: {role, is_active, slack_user_id}, what
-- the Manager was looking at, all of it, since together they say who gets in as what, and what is to be different. p_name and
-- p_zone: of a new account, which the caller has asked Slack about. Such changes go one after the other, and who is asking is looked at when
-- their turn has come: of two Managers who switch each other off at the same moment, the second has no access any more.
-- Definer: people can't write what Slack says of an account, nor read whose an account is.
CREATE FUNCTION app.change_person(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_person integer,
                                  p_seen jsonb, p_changes jsonb, p_name text DEFAULT NULL, p_zone text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor    jsonb;
    v_answer   jsonb;
    v_now      jsonb;
    v_others   jsonb;                             -- what they have changed
    v_account  text := p_changes ->> 'slack_user_id';
    v_returned integer := 0;
    u user_permissions;
    n user_permissions;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('people'));
    v_actor := app.set_slack_session(p_team, p_user, p_roles, p_source);
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_access(p_changes);
    SELECT x.* INTO u FROM user_permissions x WHERE x.id = p_person FOR NO KEY UPDATE;
    v_now := jsonb_build_object('role', u.role, 'is_active', u.is_active, 'slack_user_id', u.slack_user_id);
    IF u.id IS NULL THEN
        PERFORM app.refuse('person_gone', 'there is no such person', '{}', 'no_data_found');
    ELSIF u.kinde_user_id = app.user_id() THEN
        PERFORM app.refuse('person_yourself', 'nobody changes their own access');
    END IF;
    v_others := app.overtaken(p_seen, v_now, p_seen || p_changes);
    IF v_others IS NOT NULL THEN
        PERFORM app.refuse('person_changed', 'somebody else has changed this person meanwhile', jsonb_build_object(
            'name', u.display_name,
            'changes', (SELECT jsonb_agg(c || app.last_change('user', 'user_permissions', c ->> 'field', ARRAY[u.id]))
                          FROM jsonb_array_elements(v_others) c)), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.refuse('account_known', 'this Slack account is somebody else''s',
                       jsonb_build_object('name', x.display_name, 'linked', true), 'unique_violation')
       FROM user_permissions x WHERE x.slack_user_id = v_account AND x.id <> u.id;
    n := jsonb_populate_record(u, p_changes);
    IF app.may_work(u.role, u.is_active) AND NOT app.may_work(n.role, n.is_active) THEN    -- as app.hold_open_tickets is about to
        PERFORM pg_advisory_xact_lock(hashtext('technician'), u.id);
        PERFORM 1 FROM tickets t WHERE t.tech = u.email AND NOT t.completed ORDER BY t.id FOR NO KEY UPDATE;
        GET DIAGNOSTICS v_returned = ROW_COUNT;
    END IF;
    UPDATE user_permissions x
       SET role = n.role, is_active = n.is_active, slack_user_id = n.slack_user_id,
           slack_state = CASE WHEN v_account IS NULL THEN x.slack_state ELSE 'member' END,
           slack_told_at = CASE WHEN v_account IS NULL THEN x.slack_told_at END,
           slack_time_zone = CASE WHEN v_account IS NULL THEN x.slack_time_zone ELSE app.known_zone(p_zone) END,
           display_name = CASE WHEN v_account IS NULL THEN x.display_name ELSE COALESCE(p_name, x.display_name) END
     WHERE x.id = u.id AND v_now || p_changes <> v_now;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'person', app.person_document(u.id), 'returned', v_returned, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.change_person(text, text, text[], text, text, integer, jsonb, jsonb, text, text) TO repair_bot;
