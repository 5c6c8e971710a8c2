-- Refuses to open a ticket again whose customer has been deactivated.
CREATE FUNCTION app.refuse_inactive_customer(p_ticket tickets) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_ticket.customer_id AND c.active) THEN
        PERFORM app.refuse('customer_inactive', format('customer %s is not active', p_ticket.customer_id),
                           jsonb_build_object('ticket', p_ticket.id, 'customer', p_ticket.customer_id), 'object_not_in_prerequisite_state');
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_inactive_customer(tickets) TO repair_bot;
