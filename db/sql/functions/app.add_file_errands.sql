-- Has files of Slack's fetched for a ticket that the asker sees, each once; returns how many are on their way. p_own: only
-- what that person uploaded themselves. A ticket holds up to 20.
CREATE FUNCTION app.add_file_errands(p_ticket integer, p_files text[], p_own boolean) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c_most CONSTANT integer := 20;
    v_asked text[] := ARRAY(SELECT DISTINCT f FROM unnest(p_files) f
                             WHERE NOT EXISTS (SELECT FROM app.file_errands e
                                                WHERE e.ticket_id = p_ticket AND e.slack_file_id = f AND e.state <> 'refused'));
    v_there integer;
BEGIN
    IF app.user_role() = 'Viewer' OR NOT EXISTS (
        SELECT FROM tickets t WHERE t.id = p_ticket AND app.sees_ticket(t.tech, t.created_by, t.completed))
    THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    v_there := (SELECT count(*) FROM ticket_attachments a WHERE a.ticket_id = p_ticket)
             + (SELECT count(*) FROM app.file_errands e
                 WHERE e.ticket_id = p_ticket AND e.errand = 'fetch' AND e.state = 'waiting');
    IF v_there + cardinality(v_asked) > c_most THEN
        PERFORM app.refuse('ticket_files_full', 'a ticket holds no more files',
                           jsonb_build_object('ticket', p_ticket, 'most', c_most, 'there', v_there));
    END IF;
    INSERT INTO app.file_errands (errand, ticket_id, person_id, slack_file_id, own)
    SELECT 'fetch', p_ticket, u.id, f, p_own
      FROM unnest(v_asked) f JOIN user_permissions u ON u.kinde_user_id = app.user_id();
    RETURN cardinality(v_asked);
END $$;
GRANT EXECUTE ON FUNCTION app.add_file_errands(integer, text[], boolean) TO repair_bot;
