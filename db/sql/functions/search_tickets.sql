-- Tickets by the words in title and description, newest first; only those that the asker sees, and a customer's name
-- only where customer_names would show it. SECURITY DEFINER, as app.pick_tickets().
CREATE FUNCTION search_tickets(search_term text, max_rows integer DEFAULT 25)
RETURNS TABLE (id integer, customer_id integer, customer_name text, title varchar, tech varchar, priority varchar,
               completed boolean, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT t.id, t.customer_id, (SELECT c.name FROM customer_names c WHERE c.id = t.customer_id), t.title, t.tech, t.priority,
           t.completed, t.created_at
      FROM app.pick_tickets(LEAST(GREATEST(max_rows, 1), 100), app.words_query(COALESCE(search_term, '')))
               WITH ORDINALITY m (id, n)
      JOIN tickets t ON t.id = m.id
     ORDER BY m.n;
END $$;
GRANT EXECUTE ON FUNCTION search_tickets(text, integer) TO authenticated_users;
