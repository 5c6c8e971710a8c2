-- Tickets by the words in title and description, newest first; only those that the asker sees (app.sees_ticket), and a
-- customer's name only where customer_names would show it. SECURITY DEFINER: see search_customers.
-- MATERIALIZED and no seqscan: the GIN index finds the hits first. With a plain ORDER BY .. LIMIT the planner walks
-- tickets_created_at_idx and runs to_tsvector on every row (22 s for one rare serial number at 1,000,000 tickets).
CREATE FUNCTION search_tickets(search_term text, max_rows integer DEFAULT 25)
RETURNS TABLE (id integer, customer_id integer, customer_name text, title varchar, tech varchar, priority varchar,
               completed boolean, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
SET enable_seqscan = off SET work_mem = '32MB' AS $$          -- 32MB: the bitmap stays exact, no recheck
DECLARE
    v_query tsquery := websearch_to_tsquery('english', COALESCE(search_term, ''));
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    IF numnode(v_query) = 0 THEN RETURN; END IF;
    RETURN QUERY
    WITH hit AS MATERIALIZED (
        SELECT x.id, x.created_at FROM tickets x
         WHERE to_tsvector('english', x.title || ' ' || x.description) @@ v_query       -- exactly the index expression
           AND app.sees_ticket(x.tech, x.created_by, x.completed))
    SELECT t.id, t.customer_id, (SELECT c.name FROM customer_names c WHERE c.id = t.customer_id), t.title, t.tech, t.priority, t.completed, t.created_at
      FROM (SELECT h.id, h.created_at FROM hit h ORDER BY h.created_at DESC, h.id DESC LIMIT LEAST(GREATEST(max_rows, 1), 100)) n
      JOIN tickets t ON t.id = n.id
     ORDER BY n.created_at DESC, n.id DESC;
END $$;
GRANT EXECUTE ON FUNCTION search_tickets(text, integer) TO authenticated_users;
