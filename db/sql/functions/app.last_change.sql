-- {who, at}: of the last change to a table's rows by the audit trail. p_ids: of these rows; p_named: of this column, or of the row
-- with this key. For definer functions: the trail is the Managers'.
CREATE FUNCTION app.last_change(p_resource text, p_table text, p_named text DEFAULT NULL, p_ids integer[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT COALESCE((
            SELECT jsonb_build_object('who', COALESCE(app.person_name(a.user_id), 'The system'), 'at', a.created_at)
              FROM activity_log a
             WHERE a.resource_type = p_resource AND a.metadata ->> 'table' = p_table AND a.action IN ('INSERT', 'UPDATE', 'DELETE')
               AND (p_ids IS NULL OR a.resource_id = ANY (p_ids))
               AND (p_named IS NULL OR a.metadata ->> 'key' = p_named OR a.metadata -> 'new' ? p_named)
             ORDER BY a.created_at DESC, a.id DESC LIMIT 1), '{"who": "The system"}'));
END $$;
