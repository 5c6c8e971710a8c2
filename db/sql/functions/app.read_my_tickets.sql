-- db.models.TicketPage: open tickets that I work on or filed. The cursor is the sort key of the page's edge before.
CREATE FUNCTION app.read_my_tickets(p_team text, p_user text, p_roles text[], p_source text,
                                    p_rank integer, p_created_at timestamptz, p_id integer, p_backwards boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_back    boolean := COALESCE(p_backwards, false);
BEGIN
    RETURN (
        WITH mine AS MATERIALIZED (            -- a person's open tickets are few, and their total is shown anyway
            SELECT t.priority_rank, t.created_at, t.id FROM tickets t
             WHERE NOT t.completed AND (t.tech = app.user_email() OR t.created_by = app.user_id())),
        found AS MATERIALIZED (                -- eleven, to know whether there are more than ten
            (SELECT m.id, row_number() OVER (ORDER BY m.priority_rank, m.created_at, m.id) AS n FROM mine m
              WHERE NOT v_back AND (p_id IS NULL OR (m.priority_rank, m.created_at, m.id) > (p_rank, p_created_at, p_id))
              ORDER BY n LIMIT 11)
            UNION ALL
            (SELECT m.id, row_number() OVER (ORDER BY m.priority_rank DESC, m.created_at DESC, m.id DESC) AS n FROM mine m
              WHERE v_back AND (m.priority_rank, m.created_at, m.id) < (p_rank, p_created_at, p_id)
              ORDER BY n LIMIT 11)),
        beyond AS (
            SELECT EXISTS (SELECT FROM found f WHERE f.n = 11) AS ahead,
                   EXISTS (SELECT FROM mine m WHERE NOT v_back AND (m.priority_rank, m.created_at, m.id) <= (p_rank, p_created_at, p_id))
                   OR EXISTS (SELECT FROM mine m WHERE v_back AND (m.priority_rank, m.created_at, m.id) >= (p_rank, p_created_at, p_id)) AS behind)
        SELECT jsonb_build_object(
                   'actor', v_actor,
                   'tickets', app.ticket_lines(ARRAY(SELECT f.id FROM found f WHERE f.n <= 10)),
                   'total', (SELECT count(*) FROM mine),
                   'has_next', CASE WHEN v_back THEN b.behind ELSE b.ahead END,
                   'has_previous', CASE WHEN v_back THEN b.ahead ELSE b.behind END)
          FROM beyond b);
END $$;
GRANT EXECUTE ON FUNCTION app.read_my_tickets(text, text, text[], text, integer, timestamptz, integer, boolean) TO repair_bot;
