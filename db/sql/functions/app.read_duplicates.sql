-- db.models.Duplicates: a page of the pairs, of p_customer alone or of all (NULL).
CREATE FUNCTION app.read_duplicates(p_team text, p_user text, p_roles text[], p_source text, p_customer integer, p_after integer[])
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager');
    RETURN app.duplicates_document(p_customer, p_after) || jsonb_build_object('actor', v_actor);
END $$;
GRANT EXECUTE ON FUNCTION app.read_duplicates(text, text, text[], text, integer, integer[]) TO repair_bot;
