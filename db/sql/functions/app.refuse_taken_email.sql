-- Refuses an e-mail address that another customer has, and says who, as far as the asker may know.
-- A definer function: to most people a deactivated customer's row is hidden, but their address is taken all the same.
CREATE FUNCTION app.refuse_taken_email(p_email text, p_customer integer DEFAULT NULL) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_id integer; v_email text := lower(btrim(p_email) COLLATE "C");      -- as it is stored
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    SELECT c.id INTO v_id FROM customers c WHERE c.email = v_email AND c.id IS DISTINCT FROM p_customer;
    IF FOUND THEN
        PERFORM app.refuse('customer_exists', 'another customer has this e-mail address',
                           jsonb_build_object('customer', v_id, 'name', app.customer_name(v_id)), 'unique_violation');
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_taken_email(text, integer) TO repair_bot;
