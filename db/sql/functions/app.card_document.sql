-- db.models.CardTicket: what a whole channel may read of a ticket.
CREATE FUNCTION app.card_document(p_ticket tickets) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', t.id,
        'title', t.title,
        'priority', t.priority,
        'category', t.category,
        'completed', t.completed,
        'created_at', t.created_at,
        'completed_at', t.completed_at,
        'worker_name', worker.display_name,
        'filed_by_name', filer.display_name,
        'actual_hours', t.actual_hours,
        'bench_status', t.bench_status,
        'device', NULLIF(concat_ws(' ', t.device_type, t.device_model), ''),
        'due_at', t.due_at)
      FROM (SELECT p_ticket.*) t
      LEFT JOIN user_permissions worker ON worker.email = t.tech
      LEFT JOIN user_permissions filer ON filer.kinde_user_id = t.created_by
$$;
