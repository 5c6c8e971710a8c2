CREATE FUNCTION deactivate_customer(customer_id integer)
RETURNS TABLE (success boolean, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_active boolean; v_open integer;
BEGIN
    PERFORM app.require_role('Manager');
    SELECT c.active INTO v_active FROM customers c WHERE c.id = deactivate_customer.customer_id FOR UPDATE;  -- blocks new tickets
    IF NOT FOUND THEN
        RETURN QUERY SELECT false, 'Customer not found'; RETURN;
    ELSIF NOT v_active THEN
        RETURN QUERY SELECT false, 'Customer is already inactive'; RETURN;
    END IF;
    SELECT count(*) INTO v_open FROM tickets t WHERE t.customer_id = deactivate_customer.customer_id AND NOT t.completed;
    IF v_open > 0 THEN
        RETURN QUERY SELECT false, 'Cannot deactivate customer with open tickets: ' || v_open; RETURN;
    END IF;
    UPDATE customers c SET active = false WHERE c.id = deactivate_customer.customer_id;
    RETURN QUERY SELECT true, 'Customer deactivated successfully';
END $$;
GRANT EXECUTE ON FUNCTION deactivate_customer(integer) TO authenticated_users;
