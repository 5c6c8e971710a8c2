CREATE FUNCTION reactivate_customer(customer_id integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager');
    UPDATE customers c SET active = true WHERE c.id = reactivate_customer.customer_id AND NOT c.active AND c.merged_into IS NULL AND c.erased_at IS NULL;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION reactivate_customer(integer) TO authenticated_users;
