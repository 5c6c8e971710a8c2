-- A customer with open tickets stays active, whoever switches them off: deactivate_customer() asks before, the web
-- application's UPDATE does not. The customer's row is locked by now, so no ticket is filed meanwhile (check_ticket_refs).
CREATE FUNCTION app.keep_open_tickets_customer() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.active AND NOT NEW.active AND EXISTS (SELECT FROM tickets t WHERE t.customer_id = NEW.id AND NOT t.completed) THEN
        RAISE EXCEPTION 'customer % has open tickets', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_open_tickets', TABLE = 'customers', COLUMN = 'active';
    END IF;
    RETURN NEW;
END $$;
