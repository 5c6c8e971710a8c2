-- Two customers beside each other, as db.models.Pair without the actor; refused unless both are active and two.
CREATE FUNCTION app.pair_document(p_first integer, p_second integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE v_id integer; v_active boolean;
BEGIN
    FOREACH v_id IN ARRAY ARRAY[p_first, p_second] LOOP
        SELECT c.active INTO v_active FROM customers c WHERE c.id = v_id;
        IF NOT FOUND THEN
            PERFORM app.refuse_customer(v_id);
        ELSIF NOT v_active OR p_first = p_second THEN
            PERFORM app.refuse('customers_not_two', format('customer %s is inactive, or the same', v_id), jsonb_build_object('customer', v_id));
        END IF;
    END LOOP;
    RETURN jsonb_build_object(
        'first', app.customer_document(p_first) -> 'customer', 'second', app.customer_document(p_second) -> 'customer');
END $$;
GRANT EXECUTE ON FUNCTION app.pair_document(integer, integer) TO repair_bot;
