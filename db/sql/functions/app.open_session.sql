-- Says for the rest of the transaction who is asking. Whoever calls this has checked that they may.
CREATE FUNCTION app.open_session(p_person user_permissions, p_client_ip text, p_source text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('app.current_user_id', p_person.kinde_user_id, true),
            set_config('app.current_user_email', p_person.email, true),
            set_config('app.user_role', p_person.role, true),
            set_config('app.client_ip', COALESCE(p_client_ip, ''), true),
            set_config('app.user_agent', COALESCE(p_source, ''), true);
    IF current_setting('transaction_read_only') = 'off'
       AND (p_person.last_login IS NULL OR p_person.last_login < now() - interval '5 minutes') THEN
        UPDATE user_permissions u SET last_login = now()
         WHERE u.id = (SELECT x.id FROM user_permissions x WHERE x.id = p_person.id FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
END $$;
