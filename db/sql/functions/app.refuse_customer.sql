-- There is no such customer, or the asker may not see them: the two read alike.
CREATE FUNCTION app.refuse_customer(p_customer integer) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.refuse('customer_not_found', format('there is no customer %s that you may see', p_customer),
                       jsonb_build_object('customer', p_customer), 'no_data_found');
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_customer(integer) TO repair_bot;
