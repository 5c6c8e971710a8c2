-- A customer's name for a ticket's lines. A deactivated one's is for Managers, as in customer_names.
-- A query of its own: joined, a security_barrier view is read as a whole.
CREATE FUNCTION app.customer_name(p_id integer) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((SELECT c.name FROM customer_names c WHERE c.id = p_id), 'a former customer');
END $$;
GRANT EXECUTE ON FUNCTION app.customer_name(integer) TO repair_bot;
