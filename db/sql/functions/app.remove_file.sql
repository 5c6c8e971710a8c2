-- db.models.TicketFiles after a file was removed, by who brought it or a Manager.
-- A definer function: nobody but the web application is granted DELETE. It looks at what the asker sees.
CREATE FUNCTION app.remove_file(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_file integer) RETURNS jsonb
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
    PERFORM app.lock_ticket(v_file.ticket_id);
    IF app.user_role() <> 'Manager' AND v_file.uploaded_by <> app.user_id() THEN
        PERFORM app.refuse('file_not_yours', 'somebody else brought it',
                           jsonb_build_object('by', app.person_name(v_file.uploaded_by)));
    END IF;
    DELETE FROM ticket_attachments a WHERE a.id = p_file;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_lines(ARRAY[v_file.ticket_id]) -> 0,
                                                     'type', v_file.file_type, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.remove_file(text, text, text[], text, text, integer) TO repair_bot;
