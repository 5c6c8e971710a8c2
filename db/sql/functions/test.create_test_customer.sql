CREATE FUNCTION test.create_test_customer(p_first_name varchar DEFAULT 'Test', p_last_name varchar DEFAULT 'Customer',
                                          p_email varchar DEFAULT NULL)
RETURNS integer LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO customers (first_name, last_name, email, phone, address1, city, state, zip, country)
    VALUES (p_first_name, p_last_name, COALESCE(p_email, 'test+' || gen_random_uuid() || '@example.com'),
            '555-0123', '123 Test St', 'Test City', 'CA', '90210', 'US')
    RETURNING id
$$;
