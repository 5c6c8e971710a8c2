-- A technician repairs and completes nothing that waits for its customer's word; Managers, the web application and plain SQL may.
CREATE FUNCTION app.wait_for_approval() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a approvals;
BEGIN
    IF app.user_role() = 'Technician' AND NEW.bench_status = ANY (app.steps_to_approve()) THEN
        SELECT * INTO a FROM approvals x WHERE x.ticket_id = NEW.id AND x.state = 'open';
        IF FOUND THEN
            PERFORM app.refuse('approval_open', format('ticket %s waits for approval', NEW.id),
                               jsonb_build_object('ticket', NEW.id, 'amount', a.amount, 'limit', a.spending_limit),
                               'object_not_in_prerequisite_state');
        END IF;
    END IF;
    RETURN NEW;
END $$;
