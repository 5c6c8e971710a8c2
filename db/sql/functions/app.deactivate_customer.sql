-- db.models.CustomerChanged: no longer a customer, unless a ticket of theirs is open: the message says so.
CREATE FUNCTION app.deactivate_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text,
                                        p_customer integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_done   record;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_customer) THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    SELECT * INTO v_done FROM deactivate_customer(p_customer);
    RETURN app.end_request(p_key, app.customer_document(p_customer) || jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'success', v_done.success, 'message', v_done.message));
END $$;
GRANT EXECUTE ON FUNCTION app.deactivate_customer(text, text, text[], text, text, integer) TO repair_bot;
