-- Notes that the asker has just completed a ticket, which was as p_before says but for its hours, and what they checked. Nothing
-- has to be checked of what was declined.
CREATE FUNCTION app.keep_completion(p_before tickets, p_hours numeric, p_timed boolean, p_note integer, p_ticked integer[])
RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH kept AS (
        INSERT INTO ticket_completions (ticket_id, user_id, version, bench_status, actual_hours, timed, note_id)
        SELECT t.id, u.id, t.version, p_before.bench_status, p_hours, p_timed, p_note
          FROM tickets t, user_permissions u
         WHERE t.id = p_before.id AND t.completed AND u.kinde_user_id = app.user_id()
           AND (app.user_role() = 'Manager' OR t.tech = app.tech_email())
        RETURNING id, ticket_id)
    INSERT INTO ticket_checks (completion_id, position, text, ticked)
    SELECT kept.id, i.n, i.text, COALESCE(i.id = ANY (p_ticked), false)
      FROM kept JOIN tickets t ON t.id = kept.ticket_id AND t.bench_status <> 'declined',
           app.checklist_of(p_before.category) WITH ORDINALITY i (id, category, position, text, active, n)
$$;
GRANT EXECUTE ON FUNCTION app.keep_completion(tickets, numeric, boolean, integer, integer[]) TO repair_bot;
