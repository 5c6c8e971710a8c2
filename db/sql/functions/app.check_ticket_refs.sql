-- An open ticket's technician is active and its customer too. The locks make that hold against a deactivation at the
-- same moment: of the customer (row lock, deactivate_customer) and of the technician (advisory, hold_open_tickets;
-- a row lock would deadlock with last_login). A ticket reopened after its technician left goes to the queue.
CREATE FUNCTION app.check_ticket_refs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.tech <> 'unassigned' AND NOT NEW.completed AND (TG_OP = 'INSERT' OR NEW.tech <> OLD.tech) THEN
        PERFORM app.hold_technician(NEW.tech);
        PERFORM 1 FROM user_permissions u WHERE u.email = NEW.tech AND app.may_work(u.role, u.is_active);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'technician "%" is unknown or inactive', NEW.tech
                USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_tech_active', TABLE = 'tickets', COLUMN = 'tech';
        END IF;
    ELSIF NEW.tech <> 'unassigned' AND NOT NEW.completed AND OLD.completed AND NOT app.try_hold_technician(NEW.tech) THEN
        NEW.tech = 'unassigned';
    END IF;
    -- another customer is an active one in any case: a foreign key's refusal would tell which hidden ones there are
    IF NOT NEW.completed AND (TG_OP = 'INSERT' OR OLD.completed) OR TG_OP = 'UPDATE' AND NEW.customer_id <> OLD.customer_id THEN
        PERFORM 1 FROM customers c WHERE c.id = NEW.customer_id AND c.active FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'customer % is unknown or inactive', NEW.customer_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_customer_active', TABLE = 'tickets', COLUMN = 'customer_id';
        END IF;
    END IF;
    RETURN NEW;
END $$;
