-- db.models.Duplicates: these two are two people, however alike, and no pair any more; the others that are left.
CREATE FUNCTION app.tell_customers_apart(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_one integer,
                                         p_other integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;
    PERFORM app.pair_document(p_one, p_other);
    INSERT INTO app.distinct_customers (first_id, second_id) VALUES (LEAST(p_one, p_other), GREATEST(p_one, p_other))
        ON CONFLICT DO NOTHING;
    RETURN app.end_request(p_key, app.duplicates_document(NULL, NULL) || jsonb_build_object('actor', v_actor, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.tell_customers_apart(text, text, text[], text, text, integer, integer) TO repair_bot;
