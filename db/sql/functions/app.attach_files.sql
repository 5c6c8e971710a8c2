-- db.models.FilesAttached: files of Slack's that are to be kept with a ticket; workers fetch them.
CREATE FUNCTION app.attach_files(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                 p_files text[], p_own boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    t tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    t := app.lock_ticket(p_ticket);
    IF NOT app.sees_ticket(t.tech, t.created_by, t.completed) THEN        -- taken from the queue at this moment
        PERFORM app.refuse_ticket('ticket_taken', p_ticket, t.tech);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'coming', app.add_file_errands(p_ticket, p_files, p_own),
        'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.attach_files(text, text, text[], text, text, integer, text[], boolean) TO repair_bot;
