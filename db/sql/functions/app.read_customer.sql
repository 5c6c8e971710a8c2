-- db.models.CustomerSeen
CREATE FUNCTION app.read_customer(p_team text, p_user text, p_roles text[], p_source text, p_customer integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_seen  jsonb;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_seen := app.customer_document(p_customer);
    IF v_seen IS NULL THEN
        PERFORM app.refuse_customer(p_customer);
    END IF;
    RETURN v_seen || jsonb_build_object('actor', v_actor);
END $$;
GRANT EXECUTE ON FUNCTION app.read_customer(text, text, text[], text, integer) TO repair_bot;
