-- A claimed file is in the storage: writes the row, in the name of who brought it. False: the claim is lost, or the ticket gone.
CREATE FUNCTION app.store_file(p_id bigint, p_attempts integer, p_name text, p_type text, p_size integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e app.file_errands;
    u user_permissions;
BEGIN
    UPDATE app.file_errands x SET state = 'done', reason = NULL, updated_at = now()
     WHERE x.id = p_id AND x.attempts = p_attempts AND x.state = 'waiting' AND x.errand = 'fetch'
    RETURNING x.* INTO e;
    IF NOT FOUND THEN RETURN false; END IF;
    SELECT x.* INTO u FROM user_permissions x WHERE x.id = e.person_id;
    PERFORM set_config('app.current_user_id', u.kinde_user_id, true), set_config('app.current_user_email', u.email, true),
            set_config('app.user_role', u.role, true), set_config('app.user_agent', e.source, true);
    INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by)
    VALUES (e.ticket_id, p_name, e.file_path, p_type, p_size, u.kinde_user_id);
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.store_file(bigint, integer, text, text, integer) TO repair_bot;
