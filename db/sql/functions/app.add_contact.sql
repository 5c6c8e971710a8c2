-- db.models.CustomerChanged: that somebody spoke with a customer. p_at: when, NULL for now; p_ticket: about which, or NULL.
-- The same word without a text twice within a minute is a button pressed twice.
CREATE FUNCTION app.add_contact(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_customer integer,
                                p_way text, p_body text, p_ticket integer, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_twice  boolean;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_customer) THEN
        PERFORM app.refuse_customer(p_customer);
    ELSIF p_ticket IS NOT NULL AND NOT EXISTS (SELECT FROM tickets t WHERE t.id = p_ticket AND t.customer_id = p_customer) THEN
        RAISE EXCEPTION 'not a ticket of customer %', p_customer
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_contacts_ticket_check';
    ELSIF p_at > now() + interval '1 minute' THEN                         -- a form's clock has no seconds
        RAISE EXCEPTION 'still to come' USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_contacts_time_check';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('contact'), p_customer);
    PERFORM app.refuse_erased(p_customer);
    v_twice := p_body = '' AND p_at IS NULL AND EXISTS (
        SELECT FROM customer_contacts n
         WHERE n.customer_id = p_customer AND n.author = app.user_id() AND n.way = p_way AND n.body = ''
           AND n.happened_at > now() - interval '1 minute');
    IF NOT v_twice THEN
        INSERT INTO customer_contacts (customer_id, ticket_id, way, body, happened_at)
        VALUES (p_customer, p_ticket, p_way, p_body, COALESCE(p_at, now()));
    END IF;
    RETURN app.end_request(p_key, app.customer_document(p_customer) || jsonb_build_object('actor', v_actor, 'repeated', v_twice));
END $$;
GRANT EXECUTE ON FUNCTION app.add_contact(text, text, text[], text, text, integer, text, text, integer, timestamptz) TO repair_bot;
