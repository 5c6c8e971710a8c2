-- db.models.AccessDecided: a Manager lets a Slack account in as p_role, or refuses it (p_role NULL). Whoever has its
-- address here already, or else was added from this account once, is linked with it and gets that role; from another
-- account the link is taken away only if the Managers were told so. p_account, p_state and p_zone: whose request that is, and
-- what Slack has just said of the account: who has become a guest is refused by itself, since no event may have said so.
-- In its turn, as app.change_person. Definer: requests are nobody's table. The person's row is locked before the request, as
-- app.link_slack_user does it.
CREATE FUNCTION app.decide_access(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_request integer,
                                  p_role text, p_account text DEFAULT NULL, p_state text DEFAULT NULL, p_zone text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb;
    v_answer jsonb;
    v_web_id text := format('slack:%s:%s', p_team, p_account);
    r        app.access_requests;
    u        user_permissions;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('people'));
    v_actor := app.set_slack_session(p_team, p_user, p_roles, p_source);
    PERFORM app.require_role('Manager');
    IF p_role <> ALL ('{Manager,Technician,Regular User,Viewer}') THEN    -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no such role' USING ERRCODE = 'check_violation', CONSTRAINT = 'user_permissions_role_check';
    END IF;
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    SELECT x.* INTO u FROM app.access_requests q JOIN user_permissions x ON x.email = q.email OR x.kinde_user_id = v_web_id
     WHERE q.id = p_request ORDER BY x.email = q.email DESC LIMIT 1
       FOR NO KEY UPDATE OF x;
    SELECT * INTO r FROM app.access_requests q WHERE q.id = p_request FOR UPDATE;
    IF r.id IS NULL OR (p_role IS NOT NULL AND p_account IS DISTINCT FROM r.slack_user_id) THEN
        PERFORM app.refuse('access_request_gone', 'there is no such request for access', '{}', 'no_data_found');
    ELSIF r.state <> 'open' THEN
        PERFORM app.refuse('access_decided', 'this request for access has been decided', jsonb_build_object(
            'by', (SELECT x.display_name FROM user_permissions x WHERE x.id = r.decided_by), 'name', r.name, 'role', r.role));
    ELSIF p_role IS NOT NULL AND p_state IS DISTINCT FROM 'member' THEN
        PERFORM app.settle_access(r.id, 'refused', NULL, NULL);
        RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'request', app.access_document(r.id), 'repeated', false));
    ELSIF p_role IS NOT NULL AND u.id IS NOT NULL AND NOT u.is_active THEN
        PERFORM app.refuse('access_inactive', 'whoever has this address is switched off', jsonb_build_object('name', r.name));
    ELSIF p_role IS NOT NULL AND u.kinde_user_id = v_web_id AND u.email <> r.email AND u.slack_user_id IS NOT NULL THEN
        PERFORM app.refuse('account_known', 'who had this account has another one by now',
                           jsonb_build_object('name', u.display_name, 'linked', false), 'unique_violation');
    ELSIF p_role IS NOT NULL AND (u.email <> r.email AND u.kinde_user_id <> v_web_id OR u.slack_user_id IS NOT NULL AND r.obstacle <> 'ambiguous') THEN
        PERFORM app.refuse('access_changed', 'the Managers were told something else', jsonb_build_object('name', r.name));
    END IF;

    PERFORM app.settle_access(r.id, CASE WHEN p_role IS NULL THEN 'refused' ELSE 'approved' END, p_role,
                              (v_actor ->> 'id')::integer);
    IF p_role IS NULL THEN
        INSERT INTO activity_log (user_id, action, resource_type, metadata, user_agent)
        VALUES (app.user_id(), 'REFUSE_ACCESS', 'user', jsonb_build_object('slack_user_id', r.slack_user_id), p_source);
    ELSIF u.id IS NOT NULL THEN
        UPDATE user_permissions x
           SET slack_user_id = r.slack_user_id, slack_state = 'member', slack_told_at = NULL, role = p_role,
               slack_time_zone = app.known_zone(p_zone), display_name = r.name
         WHERE x.id = u.id;
    ELSE
        INSERT INTO user_permissions (kinde_user_id, slack_user_id, display_name, email, role, slack_time_zone)
        VALUES (v_web_id, r.slack_user_id, r.name, r.email, p_role, app.known_zone(p_zone))
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN                          -- somebody has got the address at this moment
            PERFORM app.refuse('access_changed', 'the Managers were told something else', jsonb_build_object('name', r.name));
        END IF;
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'request', app.access_document(r.id), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.decide_access(text, text, text[], text, text, integer, text, text, text, text) TO repair_bot;
