-- Whom to show for a customer: who stays, where they were merged.
-- A definer function: a merged customer's row is hidden from most people, the number on an old card is not.
CREATE FUNCTION app.customer_who_stays(p_customer integer) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    RETURN COALESCE((SELECT c.merged_into FROM customers c WHERE c.id = p_customer), p_customer);
END $$;
GRANT EXECUTE ON FUNCTION app.customer_who_stays(integer) TO repair_bot;
