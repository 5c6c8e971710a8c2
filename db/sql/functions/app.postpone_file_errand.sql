-- A claimed errand failed and is tried again after p_after. False: the claim is lost.
CREATE FUNCTION app.postpone_file_errand(p_id bigint, p_attempts integer, p_after interval, p_error text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE app.file_errands e
       SET due = clock_timestamp() + p_after, failures = e.failures + 1, reason = p_error, updated_at = now()
     WHERE e.id = p_id AND e.attempts = p_attempts AND e.state = 'waiting';
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.postpone_file_errand(bigint, integer, interval, text) TO repair_bot;
