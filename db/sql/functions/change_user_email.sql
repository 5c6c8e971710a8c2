-- tickets.tech is an e-mail: changing one carries its tickets along. The tickets are locked before the person's row is
-- so that nobody can refer to it: who has one of them meanwhile refers to the person, too (foreign keys).
CREATE FUNCTION change_user_email(p_kinde_user_id text, p_email text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_id integer; v_old varchar; v_new varchar; n integer;
BEGIN
    PERFORM app.require_role('Manager');
    SELECT u.id, u.email INTO v_id, v_old FROM user_permissions u WHERE u.kinde_user_id = p_kinde_user_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'user not found' USING ERRCODE = 'no_data_found'; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('technician'), v_id);   -- who assigns to them now, is waited for
    PERFORM 1 FROM tickets t WHERE t.tech = v_old ORDER BY t.id FOR NO KEY UPDATE;
    SET CONSTRAINTS tickets_tech_fk DEFERRED;
    UPDATE user_permissions u SET email = p_email WHERE u.id = v_id RETURNING u.email INTO v_new;
    UPDATE tickets t SET tech = v_new WHERE t.tech = v_old;
    GET DIAGNOSTICS n = ROW_COUNT;
    SET CONSTRAINTS tickets_tech_fk IMMEDIATE;
    RETURN n;
END $$;
GRANT EXECUTE ON FUNCTION change_user_email(text, text) TO authenticated_users;
