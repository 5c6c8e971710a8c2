-- db.models.CustomerChanged: a customer again.
CREATE FUNCTION app.reactivate_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text,
                                        p_customer integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_done   boolean;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM customers c WHERE c.id = p_customer) THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    v_done := reactivate_customer(p_customer);
    RETURN app.end_request(p_key, app.customer_document(p_customer) || jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'success', v_done,
        'message', CASE WHEN v_done THEN 'Customer reactivated successfully'
                        WHEN (SELECT c.active FROM customers c WHERE c.id = p_customer) THEN 'Customer is already active'
                        WHEN (SELECT c.erased_at FROM customers c WHERE c.id = p_customer) IS NOT NULL
                        THEN 'Customer has been erased: add them anew'
                        ELSE 'Customer has been merged into another one: undo that instead' END));
END $$;
GRANT EXECUTE ON FUNCTION app.reactivate_customer(text, text, text[], text, text, integer) TO repair_bot;
