-- Tickets in a list, as an array of db.models.TicketLine, most urgent first, then oldest; only those the asker sees.
CREATE FUNCTION app.ticket_lines(p_ids integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
                   'id', t.id, 'title', t.title, 'priority', t.priority, 'category', t.category, 'completed', t.completed,
                   'bench_status', t.bench_status, 'due_at', t.due_at,
                   'due_in', CASE WHEN NOT t.completed THEN floor(extract(epoch FROM t.due_at - now())) END,
                   'created_at', t.created_at, 'customer_name', app.customer_name(t.customer_id),
                   'worker_name', app.worker_name(t.tech)) ORDER BY t.priority_rank, t.created_at, t.id)
          FROM tickets t
         WHERE t.id = ANY (p_ids)), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.ticket_lines(integer[]) TO repair_bot;
