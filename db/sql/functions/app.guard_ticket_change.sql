-- What a policy can't say: which change of a ticket each role may make. Holds wherever row-level security holds, for
-- whoever has a role in the session; definer functions check for themselves, and without a role the caller is trusted
-- (repair_web, the owner).
CREATE FUNCTION app.guard_ticket_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_same_work    boolean := (NEW.customer_id, NEW.title, NEW.description, NEW.priority, NEW.category, NEW.estimated_hours, NEW.due_at,
                       NEW.device_type, NEW.device_model, NEW.device_serial, NEW.device_condition, NEW.device_accessories)
                      IS NOT DISTINCT FROM
                              (OLD.customer_id, OLD.title, OLD.description, OLD.priority, OLD.category, OLD.estimated_hours, OLD.due_at,
                       OLD.device_type, OLD.device_model, OLD.device_serial, OLD.device_condition, OLD.device_accessories);
    v_same_outcome boolean := (NEW.completed, NEW.bench_status, NEW.actual_hours) IS NOT DISTINCT FROM
                              (OLD.completed, OLD.bench_status, OLD.actual_hours);
BEGIN
    IF app.user_role() IS NULL OR app.user_role() = 'Manager' OR NOT row_security_active('public.tickets'::regclass) THEN
        RETURN NEW;
    END IF;
    IF app.user_role() = 'Technician' AND OLD.tech = app.tech_email() THEN
        -- own: everything, but a finished ticket stays with who finished it
        IF NEW.tech = OLD.tech OR NOT NEW.completed THEN RETURN NEW; END IF;
    ELSIF app.user_role() = 'Technician' AND OLD.tech = 'unassigned' THEN
        -- the queue's: only take it; to work on it comes after that
        IF NEW.tech = app.tech_email() AND v_same_work AND v_same_outcome THEN RETURN NEW; END IF;
    ELSIF app.user_role() = 'Regular User' AND OLD.created_by = app.user_id() THEN
        -- filed by them: edit, reopen (which may put it into the queue) and hand the machine back; never complete, book hours or assign
        IF NEW.actual_hours IS NOT DISTINCT FROM OLD.actual_hours AND (OLD.completed OR NOT NEW.completed)
           AND (NEW.bench_status = OLD.bench_status OR (OLD.completed AND NEW.bench_status = 'collected'))
           AND (NEW.tech = OLD.tech OR (OLD.completed AND NOT NEW.completed AND NEW.tech = 'unassigned')) THEN RETURN NEW; END IF;
    END IF;
    PERFORM app.refuse('ticket_change_forbidden', format('role %L may not change ticket %s like this', app.user_role(), OLD.id),
                       jsonb_build_object('ticket', OLD.id));
    RETURN NULL;
END $$;
