-- A claimed errand has ended: it is done or, with a reason, can't be done, which whoever asked for it is told. False: the
-- claim is lost.
CREATE FUNCTION app.end_file_errand(p_id bigint, p_attempts integer, p_refusal text DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE e app.file_errands;
BEGIN
    UPDATE app.file_errands x
       SET state = CASE WHEN p_refusal IS NULL THEN 'done' ELSE 'refused' END, reason = p_refusal, updated_at = now()
     WHERE x.id = p_id AND x.attempts = p_attempts AND x.state = 'waiting'
    RETURNING x.* INTO e;
    IF NOT FOUND THEN RETURN false; END IF;
    IF p_refusal IS NOT NULL AND e.person_id IS NOT NULL THEN
        PERFORM app.add_notification('file_refused', e.ticket_id, e.person_id,
                                     jsonb_build_object('reason', p_refusal, 'errand', e.errand, 'month', e.month));
    END IF;
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.end_file_errand(bigint, integer, text) TO repair_bot;
