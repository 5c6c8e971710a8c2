-- A ticket in full as db.models.Ticket; NULL if the asker doesn't see it.
CREATE FUNCTION app.ticket_document(p_ticket integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT app.ticket_lines(ARRAY[t.id]) -> 0 || jsonb_build_object(
                   'description', t.description,
                   'customer', jsonb_build_object('id', t.customer_id, 'name', app.customer_name(t.customer_id),
                                                  'phone', c.phone, 'email', c.email),
                   'filed_by_name', app.person_name(t.created_by),
                   'worker_slack_user_id', app.worker_slack_user_id(t.tech),
                   'estimated_hours', t.estimated_hours, 'actual_hours', t.actual_hours,
                   'device', jsonb_build_object('type', t.device_type, 'model', t.device_model, 'serial', t.device_serial,
                                                'condition', t.device_condition, 'accessories', t.device_accessories),
                   'version', t.version, 'updated_at', t.updated_at, 'completed_at', t.completed_at,
                   'timer_since', w.started_at, 'timer_hours', app.booked_hours(now() - w.started_at),
                   'same_machine', (SELECT count(*) FROM tickets o WHERE o.device_key = t.device_key AND o.id <> t.id),
                   'steps', (SELECT COALESCE(jsonb_agg(s.step ORDER BY s.n), '[]')
                               FROM unnest(app.bench_steps(t.bench_status)) WITH ORDINALITY s (step, n)
                              WHERE app.user_role() <> 'Technician' OR o.id IS NULL OR s.step <> ALL (app.steps_to_approve())),
                   'estimated_cost', app.estimated_cost(t.estimated_hours),
                   'approval', app.approval_document(COALESCE(o.id, (SELECT max(x.id) FROM approvals x
                                                                      WHERE x.ticket_id = t.id AND x.state <> 'withdrawn'))),
                   'undoable', app.may_undo(t.id),
                   'checks', app.check_documents(t),
                   'has_passcode', app.has_passcode(t.id),
                   'notes', COALESCE((
                       SELECT jsonb_agg(jsonb_build_object('author', COALESCE(app.person_name(x.author), 'the system'),
                                                           'kind', CASE WHEN x.withdrawn THEN 'withdrawn' ELSE x.kind END, 'body', x.body, 'created_at', x.created_at)
                                        ORDER BY x.created_at, x.id)
                         FROM (SELECT y.*, EXISTS (SELECT FROM ticket_completions c WHERE c.note_id = y.id AND c.undone_at IS NOT NULL) AS withdrawn
                                 FROM ticket_notes y WHERE y.ticket_id = t.id
                                ORDER BY y.created_at DESC, y.id DESC LIMIT 5) x), '[]'),
                   'files', COALESCE((
                       SELECT jsonb_agg(jsonb_build_object('type', f.file_type, 'count', f.n, 'size', f.size) ORDER BY f.file_type)
                         FROM (SELECT a.file_type, count(*) AS n, sum(a.file_size) AS size FROM ticket_attachments a
                                WHERE a.ticket_id = t.id GROUP BY a.file_type) f), '[]'),
                   'coming_files', app.coming_files(t.id),
                   'watched', EXISTS (SELECT FROM ticket_watchers w JOIN user_permissions u ON u.id = w.user_id
                                       WHERE w.ticket_id = t.id AND w.watches AND u.kinde_user_id = app.user_id()),
                   'relations', to_jsonb(r.found))
          FROM tickets t
          LEFT JOIN customers c ON c.id = t.customer_id            -- not for Viewers, by its policy
          LEFT JOIN approvals o ON o.ticket_id = t.id AND o.state = 'open'
          LEFT JOIN labour_entries w ON w.ticket_id = t.id AND w.stopped_at IS NULL   -- its technician's: others have none
         CROSS JOIN LATERAL (SELECT array_remove(ARRAY[
                   CASE WHEN t.tech = app.user_email() THEN 'worker' END,
                   CASE WHEN t.created_by = app.user_id() THEN 'filer' END,
                   CASE WHEN t.tech = app.user_email() THEN NULL
                        WHEN t.tech = 'unassigned' AND NOT t.completed THEN 'queue' ELSE 'other' END], NULL) AS found) r
         WHERE t.id = p_ticket);
END $$;
GRANT EXECUTE ON FUNCTION app.ticket_document(integer) TO repair_bot;
