-- Two customers get each other's e-mail address: neither is lost, and each stays one customer's.
CREATE FUNCTION app.swap_emails(p_one integer, p_other integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_one   text := (SELECT c.email FROM customers c WHERE c.id = p_one);
    v_other text := (SELECT c.email FROM customers c WHERE c.id = p_other);
BEGIN
    UPDATE customers c SET email = format('swapped-%s@swap.invalid', p_other) WHERE c.id = p_other;
    UPDATE customers c SET email = v_other WHERE c.id = p_one;
    UPDATE customers c SET email = v_one WHERE c.id = p_other;
END $$;
