-- db.models.CustomerChanged: a new customer. p_values: column -> text; address2, country and notes may be left out.
CREATE FUNCTION app.add_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_values jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    c_wanted CONSTANT jsonb := '{"first_name": "", "last_name": "", "email": "", "phone": "", "address1": "", "city": "",
                                 "state": "", "zip": "", "country": "US"}';
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_id     integer;
    c customers;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_customer(c_wanted || p_values);
    c := jsonb_populate_record(NULL::customers, c_wanted || p_values);
    INSERT INTO customers (first_name, last_name, email, phone, address1, address2, city, state, zip, country, notes, approval_limit)
    VALUES (c.first_name, c.last_name, c.email, c.phone, c.address1, NULLIF(btrim(c.address2), ''), c.city, c.state, c.zip,
            c.country, NULLIF(btrim(c.notes), ''), c.approval_limit)
        ON CONFLICT (email) DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        PERFORM app.refuse_taken_email(c.email);
    END IF;
    RETURN app.end_request(p_key, app.customer_document(v_id) || jsonb_build_object('actor', v_actor, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.add_customer(text, text, text[], text, text, jsonb) TO repair_bot;
