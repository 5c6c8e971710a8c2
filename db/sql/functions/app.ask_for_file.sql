-- db.models.FileAsked: a kept file that the asker is to get by direct message; a worker sends it.
-- A definer function: the errands are nobody's table. It looks at what the asker sees.
CREATE FUNCTION app.ask_for_file(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_file integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_file   ticket_attachments;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_file := app.find_file(p_file);
    INSERT INTO app.file_errands (errand, ticket_id, person_id, attachment_id, file_path)
    VALUES ('send', v_file.ticket_id, (v_actor ->> 'id')::integer, v_file.id, v_file.file_path)
    ON CONFLICT DO NOTHING;                                              -- it is on its way already
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_lines(ARRAY[v_file.ticket_id]) -> 0,
                                                     'type', v_file.file_type, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.ask_for_file(text, text, text[], text, text, integer) TO repair_bot;
