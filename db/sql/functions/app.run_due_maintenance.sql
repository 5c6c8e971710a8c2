-- Runs perform_maintenance() when it is due, and returns what it says; NULL when nothing is due. The ledger's key sees to
-- it that each Sunday's runs once, so it may be called at any time, by any number of processes. While nobody called it,
-- nothing ran: the latest Sunday's is made up for.
CREATE FUNCTION app.run_due_maintenance() RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_sunday date := app.maintenance_sunday(now()); v_result text;
BEGIN
    IF EXISTS (SELECT FROM app.maintenance_runs r WHERE r.due_on >= v_sunday)
       OR NOT pg_try_advisory_xact_lock(hashtext('perform_maintenance'))       -- another run, or python -m db maintain
       OR EXISTS (SELECT FROM app.maintenance_runs r WHERE r.due_on >= v_sunday) THEN   -- done just before the lock was free
        RETURN NULL;
    END IF;
    v_result := perform_maintenance();
    INSERT INTO app.maintenance_runs (due_on, result) VALUES (v_sunday, v_result);
    RETURN v_result;
END $$;
GRANT EXECUTE ON FUNCTION app.run_due_maintenance() TO repair_bot;
