-- Claims up to p_limit due errands for p_lease (db.models.FileErrand, those to people first): who claims later has a higher
-- attempt, and the earlier one can't end it any more. Whether somebody may still have what they wanted is asked here, too.
CREATE FUNCTION app.claim_file_errands(p_limit integer, p_lease interval) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_claimed jsonb;
BEGIN
    UPDATE app.file_errands e SET state = 'refused', reason = 'no longer theirs to see', updated_at = now()
      FROM user_permissions u, tickets t
     WHERE e.state = 'waiting' AND e.due <= now() AND e.errand = 'send' AND u.id = e.person_id AND t.id = e.ticket_id
       AND NOT (app.may_be_told(u) AND u.role <> 'Viewer' AND app.is_visible_to(t, u));
    UPDATE app.file_errands e SET state = 'refused', reason = 'no longer theirs to see', updated_at = now()
      FROM user_permissions u
     WHERE e.state = 'waiting' AND e.due <= now() AND e.month IS NOT NULL AND u.id = e.person_id
       AND NOT (app.may_be_told(u) AND u.role = 'Manager');
    WITH claimed AS (
        UPDATE app.file_errands e SET attempts = e.attempts + 1, due = clock_timestamp() + p_lease, updated_at = now()
         WHERE e.id IN (SELECT x.id FROM app.file_errands x
                         WHERE x.state = 'waiting' AND x.due <= now()
                         ORDER BY x.errand = 'send' DESC, x.due, x.id
                         LIMIT p_limit
                           FOR UPDATE SKIP LOCKED)
        RETURNING e.*)
    SELECT jsonb_agg(jsonb_build_object(
               'id', c.id, 'errand', c.errand, 'attempts', c.attempts, 'failures', c.failures, 'ticket_id', c.ticket_id,
               'slack_user_id', u.slack_user_id, 'slack_file_id', c.slack_file_id, 'own', c.own, 'month', c.month, 'path', c.file_path,
               'name', a.file_name, 'type', a.file_type, 'size', a.file_size) ORDER BY c.id)
      INTO v_claimed
      FROM claimed c
      LEFT JOIN user_permissions u ON u.id = c.person_id
      LEFT JOIN ticket_attachments a ON a.id = c.attachment_id;
    RETURN COALESCE(v_claimed, '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.claim_file_errands(integer, interval) TO repair_bot;
