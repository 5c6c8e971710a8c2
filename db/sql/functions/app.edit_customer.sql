-- db.models.CustomerChanged: with other values in the columns that p_values has. p_seen: the updated_at of the customer that the
-- asker was looking at; what somebody else has changed since then is not overwritten. NULL: as the row is.
CREATE FUNCTION app.edit_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_customer integer,
                                  p_values jsonb, p_seen timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_since  jsonb;
    c customers;
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF p_values ? 'approval_limit' THEN                                       -- tickets before customers: it may stop them
        PERFORM FROM tickets t WHERE t.customer_id = p_customer AND NOT t.completed ORDER BY t.id FOR NO KEY UPDATE;
    END IF;
    SELECT x.* INTO c FROM customers x WHERE x.id = p_customer FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    PERFORM app.refuse_erased(p_customer);
    v_since := app.customer_changed_since(p_customer, p_seen, ARRAY(SELECT jsonb_object_keys(p_values)));
    IF v_since IS NOT NULL THEN
        PERFORM app.refuse('customer_changed', format('customer %s has been changed meanwhile', p_customer),
                           v_since || jsonb_build_object('customer', p_customer, 'seen', c.updated_at, 'changes', (
                               SELECT jsonb_agg(jsonb_build_object('field', f, 'who', v_since -> 'who', 'new', to_jsonb(c) ->> f))
                                 FROM jsonb_array_elements_text(v_since -> 'fields') f)));
    END IF;
    PERFORM app.check_customer(p_values), app.refuse_taken_email(p_values ->> 'email', p_customer);
    c := jsonb_populate_record(c, p_values);
    UPDATE customers SET first_name = c.first_name, last_name = c.last_name, email = c.email, phone = c.phone,
                         address1 = c.address1, address2 = NULLIF(btrim(c.address2), ''), city = c.city, state = c.state,
                         zip = c.zip, country = c.country, notes = NULLIF(btrim(c.notes), ''),
                         approval_limit = c.approval_limit
     WHERE id = p_customer;
    RETURN app.end_request(p_key, app.customer_document(p_customer) || jsonb_build_object('actor', v_actor, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.edit_customer(text, text, text[], text, text, integer, jsonb, timestamptz) TO repair_bot;
