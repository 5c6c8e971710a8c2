-- Asks the Managers to let a Slack account in, or answers what became of it (bot.errors.Asked); NULL where nobody can be
-- let in by such an address. Who was refused is not asked about again for 30 days: long enough to be an answer, short
-- enough for somebody who starts at the shop next month. The caller has checked the account.
CREATE FUNCTION app.request_access(p_user text, p_email text, p_name text, p_obstacle text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_name  text := left(btrim(p_name), 255);
    v_first boolean := false;
    r       app.access_requests;
BEGIN
    DELETE FROM app.access_requests x
     WHERE x.slack_user_id = p_user
       AND (x.state = 'approved' OR x.state = 'refused'
            AND (x.decided_by IS NULL OR x.decided_at < now() - interval '30 days'));
    SELECT * INTO r FROM app.access_requests x WHERE x.slack_user_id = p_user;
    IF r.id IS NULL THEN
        INSERT INTO app.access_requests (slack_user_id, name, email, obstacle)
        VALUES (p_user, v_name, p_email, p_obstacle)
        ON CONFLICT (slack_user_id) DO NOTHING;
        v_first := FOUND;
        SELECT * INTO r FROM app.access_requests x WHERE x.slack_user_id = p_user;
        PERFORM app.announce_access();
    ELSIF r.state = 'open' AND (r.name, r.email, r.obstacle) IS DISTINCT FROM (v_name, p_email, p_obstacle) THEN
        UPDATE app.access_requests x SET name = v_name, email = p_email, obstacle = p_obstacle WHERE x.id = r.id;
        PERFORM app.renew_access(r.id);
    END IF;
    RETURN jsonb_build_object(
        'state', r.state,
        'first', v_first,
        'on', app.shop_today(COALESCE(r.decided_at, r.asked_at)),
        'by', (SELECT u.display_name FROM user_permissions u WHERE u.id = r.decided_by),
        'managers', (SELECT count(*) FROM user_permissions u WHERE u.role = 'Manager' AND app.may_be_told(u)));
EXCEPTION WHEN check_violation OR string_data_right_truncation THEN
    RETURN NULL;                                   -- an address that user_permissions can't hold either
END $$;
