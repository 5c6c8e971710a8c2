-- What of a ticket became different, as a whole channel may read it: old and new values, but neither for the description,
-- the customer, the device nor the due date. Who works on it and whether it is done are told by events of their own.
CREATE FUNCTION app.changed_fields(p_old tickets, p_new tickets) RETURNS TABLE (event text, old text, new text)
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT c.event, c.old, c.new
      FROM (VALUES (1, 'title', p_old.title::text, p_new.title::text, true),
                   (2, 'description', NULL, NULL, p_old.description <> p_new.description),
                   (3, 'priority', p_old.priority, p_new.priority, true),
                   (4, 'category', p_old.category, p_new.category, true),
                   (5, 'customer', NULL, NULL, p_old.customer_id <> p_new.customer_id),
                   (6, 'estimate', p_old.estimated_hours::text, p_new.estimated_hours::text, true),
                   (7, 'hours', p_old.actual_hours::text, p_new.actual_hours::text, p_old.completed = p_new.completed),
                   (8, 'status', p_old.bench_status, p_new.bench_status, p_old.completed = p_new.completed),
                   (9, 'device', NULL, NULL, (p_old.device_type, p_old.device_model, p_old.device_serial, p_old.device_condition,
                                              p_old.device_accessories) IS DISTINCT FROM
                                             (p_new.device_type, p_new.device_model, p_new.device_serial, p_new.device_condition,
                                              p_new.device_accessories)),
                   (10, 'due', NULL, NULL, p_old.due_at IS DISTINCT FROM p_new.due_at)
           ) AS c (n, event, old, new, counts)
     WHERE c.counts AND (c.old IS DISTINCT FROM c.new OR c.event IN ('description', 'customer', 'device', 'due'))
     ORDER BY c.n
$$;
