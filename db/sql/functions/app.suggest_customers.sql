-- db.models.CustomerOptions: who the term may mean, best first; without a term the newest customers.
CREATE FUNCTION app.suggest_customers(p_team text, p_user text, p_roles text[], p_source text, p_term text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_ids   integer[];
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    IF btrim(COALESCE(p_term, '')) = '' THEN
        v_ids := ARRAY(SELECT c.id FROM customers c WHERE c.active ORDER BY c.created_at DESC, c.id DESC LIMIT 10);
    ELSE
        v_ids := ARRAY(SELECT s.id FROM search_customers(p_term) WITH ORDINALITY AS s (id, first_name, last_name, email, phone, rank, n)
                        ORDER BY s.n LIMIT 20);
    END IF;
    RETURN jsonb_build_object('actor', v_actor, 'customers', app.customer_options(v_ids));
END $$;
GRANT EXECUTE ON FUNCTION app.suggest_customers(text, text, text[], text, text) TO repair_bot;
