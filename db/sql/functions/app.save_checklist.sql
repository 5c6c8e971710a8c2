-- db.models.ChecklistSeen: with these checks in this order. p_seen: app.put_checklist().
CREATE FUNCTION app.save_checklist(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_category text,
                                   p_items text[], p_seen jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.put_checklist(p_category, p_items, p_seen);
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'checklist', app.checklist_document(p_category), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.save_checklist(text, text, text[], text, text, text, text[], jsonb) TO repair_bot;
