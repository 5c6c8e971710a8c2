-- Gives a customer other values in the columns that p_values has; nothing happens for none.
CREATE FUNCTION app.put_customer(p_customer integer, p_values jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE c customers;
BEGIN
    IF p_values = '{}' THEN RETURN; END IF;
    SELECT x.* INTO c FROM customers x WHERE x.id = p_customer;
    c := jsonb_populate_record(c, p_values);
    UPDATE customers SET first_name = c.first_name, last_name = c.last_name, email = c.email, phone = c.phone,
                         address1 = c.address1, address2 = NULLIF(btrim(c.address2), ''), city = c.city, state = c.state,
                         zip = c.zip, country = c.country, notes = NULLIF(btrim(c.notes), ''),
                         approval_limit = c.approval_limit
     WHERE id = p_customer;
END $$;
GRANT EXECUTE ON FUNCTION app.put_customer(integer, jsonb) TO repair_bot;
