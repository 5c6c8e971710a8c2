-- A ticket's files as db.models.TicketFiles, the newest 20, as the asker of this session may see them; v_actor: who that is.
CREATE FUNCTION app.files_document(p_actor jsonb, p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    c_most CONSTANT integer := 20;
    v_line jsonb := app.ticket_lines(ARRAY[p_ticket]) -> 0;
BEGIN
    IF v_line IS NULL THEN
        PERFORM app.refuse_ticket('ticket_not_found', p_ticket);
    END IF;
    RETURN jsonb_build_object(
        'actor', p_actor, 'ticket', v_line, 'coming', app.coming_files(p_ticket),
        'more', (SELECT greatest(count(*) - c_most, 0) FROM ticket_attachments a WHERE a.ticket_id = p_ticket),
        'files', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                       'id', f.id, 'name', f.file_name, 'type', f.file_type, 'size', f.file_size,
                       'by', app.person_name(f.uploaded_by), 'created_at', f.created_at,
                       'kept', f.file_path ~ '^slack/[0-9a-f]{32}$',
                       'removable', app.user_role() = 'Manager' OR f.uploaded_by = app.user_id())
                       ORDER BY f.created_at DESC, f.id DESC)
              FROM (SELECT * FROM ticket_attachments a WHERE a.ticket_id = p_ticket
                     ORDER BY a.created_at DESC, a.id DESC LIMIT c_most) f), '[]'));
END $$;
GRANT EXECUTE ON FUNCTION app.files_document(jsonb, integer) TO repair_bot;
