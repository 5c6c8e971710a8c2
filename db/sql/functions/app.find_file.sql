-- A file that is kept, of a ticket that the asker sees; a hidden one and none are the same.
CREATE FUNCTION app.find_file(p_file integer) RETURNS ticket_attachments
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_file ticket_attachments;
BEGIN
    SELECT a.* INTO v_file FROM ticket_attachments a JOIN tickets t ON t.id = a.ticket_id
     WHERE a.id = p_file AND a.file_path ~ '^slack/[0-9a-f]{32}$'
       AND app.user_role() <> 'Viewer' AND app.sees_ticket(t.tech, t.created_by, t.completed);
    IF NOT FOUND THEN
        PERFORM app.refuse('file_not_found', 'there is no such file that you may see', '{}', 'no_data_found');
    END IF;
    RETURN v_file;
END $$;
