-- Adds to a ticket's permanent history. p_worker_id: who works on it afterwards.
CREATE FUNCTION app.record_ticket_events(p_ticket_id integer, p_worker_id integer, VARIADIC p_kinds text[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO ticket_events (ticket_id, kind, actor_id, worker_id)
    SELECT p_ticket_id, k.kind, (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = app.user_id()), p_worker_id
      FROM unnest(p_kinds) WITH ORDINALITY k (kind, n)
     ORDER BY k.n
$$;
