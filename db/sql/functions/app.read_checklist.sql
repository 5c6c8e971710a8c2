-- db.models.ChecklistSeen: the checklist of a category, NULL: of every ticket. For Managers, who change it.
CREATE FUNCTION app.read_checklist(p_team text, p_user text, p_roles text[], p_source text, p_category text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
BEGIN
    PERFORM app.require_role('Manager');
    RETURN jsonb_build_object('actor', v_actor, 'checklist', app.checklist_document(p_category));
END $$;
GRANT EXECUTE ON FUNCTION app.read_checklist(text, text, text[], text, text) TO repair_bot;
