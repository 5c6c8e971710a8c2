-- Nothing is written about a customer whose personal data was erased.
CREATE FUNCTION app.refuse_erased(p_customer integer) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT c.erased_at FROM customers c WHERE c.id = p_customer) IS NOT NULL THEN
        PERFORM app.refuse('customer_erased', format('customer %s was erased', p_customer), jsonb_build_object('customer', p_customer));
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_erased(integer) TO repair_bot;
