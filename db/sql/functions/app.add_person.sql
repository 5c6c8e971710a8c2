-- db.models.PersonChanged: somebody new, from their Slack account alone, which the caller has asked Slack about.
-- Definer: tells the account, and whose it or its address is already.
CREATE FUNCTION app.add_person(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_account text,
                               p_name text, p_email text, p_role text, p_zone text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_web_id text := format('slack:%s:%s', p_team, p_account);
    v_actor  jsonb;
    v_answer jsonb;
    v_id     integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('people'));
    v_actor := app.set_slack_session(p_team, p_user, p_roles, p_source);
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_access(jsonb_build_object('role', p_role, 'slack_user_id', p_account));
    BEGIN
        INSERT INTO user_permissions (kinde_user_id, slack_user_id, display_name, email, role, slack_time_zone)
        VALUES (v_web_id, p_account, left(p_name, 255), p_email, p_role, app.known_zone(p_zone))
        ON CONFLICT DO NOTHING
        RETURNING id INTO v_id;
    EXCEPTION WHEN check_violation OR string_data_right_truncation THEN          -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no such address' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_email_check';
    END;
    IF v_id IS NULL THEN
        PERFORM app.refuse('account_known', 'somebody has this Slack account, or its e-mail address',
                           jsonb_build_object('name', x.display_name, 'linked', x.slack_user_id = p_account), 'unique_violation')
           FROM user_permissions x
          WHERE x.slack_user_id = p_account OR x.kinde_user_id = v_web_id OR x.email = lower(btrim(p_email) COLLATE "C")
          ORDER BY x.slack_user_id = p_account DESC NULLS LAST LIMIT 1;
    END IF;
    PERFORM app.tell_person(v_id, p_account, 'given');
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'person', app.person_document(v_id), 'returned', 0, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.add_person(text, text, text[], text, text, text, text, text, text, text) TO repair_bot;
