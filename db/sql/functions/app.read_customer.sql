-- db.models.CustomerSeen: who stays, where the customer was merged (led_from).
CREATE FUNCTION app.read_customer(p_team text, p_user text, p_roles text[], p_source text, p_customer integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_id    integer;
    v_seen  jsonb;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_id := app.customer_who_stays(p_customer);
    v_seen := app.customer_document(v_id);
    IF v_seen IS NULL THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    RETURN v_seen || jsonb_build_object('actor', v_actor, 'led_from', NULLIF(p_customer, v_id));
END $$;
GRANT EXECUTE ON FUNCTION app.read_customer(text, text, text[], text, integer) TO repair_bot;
