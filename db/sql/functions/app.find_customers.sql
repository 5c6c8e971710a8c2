-- db.models.CustomerHits: by name, phone or e-mail, best first. Managers find deactivated customers too, after the others.
CREATE FUNCTION app.find_customers(p_team text, p_user text, p_roles text[], p_source text, p_term text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_ids   integer[];
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_ids := ARRAY(SELECT s.id FROM search_customers(p_term, true) WITH ORDINALITY AS s (id, first_name, last_name, email, phone, rank, n)
                    ORDER BY s.n LIMIT 11);
    RETURN jsonb_build_object('actor', v_actor, 'customers', app.customer_options(v_ids[1:10]), 'more', cardinality(v_ids) > 10);
END $$;
GRANT EXECUTE ON FUNCTION app.find_customers(text, text, text[], text, text) TO repair_bot;
