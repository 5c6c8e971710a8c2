-- Refuses to erase a customer who isn't there, was erased before, or has open tickets: those can't be worked on without
-- knowing whom to call.
CREATE FUNCTION app.check_erasable(p_customer integer) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_open integer[];
BEGIN
    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_customer) THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    PERFORM app.refuse_erased(p_customer);
    v_open := ARRAY(SELECT t.id FROM tickets t WHERE t.customer_id = p_customer AND NOT t.completed ORDER BY t.id);
    IF v_open <> '{}' THEN
        PERFORM app.refuse('customer_has_open_tickets', format('customer %s has open tickets', p_customer),
                           jsonb_build_object('customer', p_customer, 'tickets', v_open));
    END IF;
END $$;
