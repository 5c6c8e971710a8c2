-- db.models.TicketPage: open tickets that nobody has. The cursor is the sort key of the page's edge before.
CREATE FUNCTION app.read_queue(p_team text, p_user text, p_roles text[], p_source text,
                               p_rank integer, p_created_at timestamptz, p_id integer, p_backwards boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_rank  smallint := p_rank;                -- the column's type, so that the comparison can use the index
    v_back  boolean := COALESCE(p_backwards, false);
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Viewer');
    RETURN (
        WITH queue AS NOT MATERIALIZED (
            SELECT t.priority_rank, t.created_at, t.id FROM tickets t WHERE NOT t.completed AND t.tech = 'unassigned'),
        found AS MATERIALIZED (                -- eleven, to know whether there are more than ten
            SELECT x.id, row_number() OVER (ORDER BY x.priority_rank, x.created_at, x.id) AS n FROM (
                SELECT * FROM queue q WHERE p_id IS NULL
                 ORDER BY q.priority_rank, q.created_at, q.id LIMIT 11) x
            UNION ALL
            SELECT x.id, row_number() OVER (ORDER BY x.priority_rank, x.created_at, x.id) AS n FROM (
                SELECT * FROM queue q WHERE NOT v_back AND (q.priority_rank, q.created_at, q.id) > (v_rank, p_created_at, p_id)
                 ORDER BY q.priority_rank, q.created_at, q.id LIMIT 11) x
            UNION ALL
            SELECT x.id, row_number() OVER (ORDER BY x.priority_rank DESC, x.created_at DESC, x.id DESC) AS n FROM (
                SELECT * FROM queue q WHERE v_back AND (q.priority_rank, q.created_at, q.id) < (v_rank, p_created_at, p_id)
                 ORDER BY q.priority_rank DESC, q.created_at DESC, q.id DESC LIMIT 11) x),
        beyond AS (
            SELECT EXISTS (SELECT FROM found f WHERE f.n = 11) AS ahead,
                   EXISTS (SELECT FROM queue q WHERE NOT v_back AND (q.priority_rank, q.created_at, q.id) <= (v_rank, p_created_at, p_id))
                   OR EXISTS (SELECT FROM queue q WHERE v_back AND (q.priority_rank, q.created_at, q.id) >= (v_rank, p_created_at, p_id)) AS behind)
        SELECT jsonb_build_object(
                   'actor', v_actor,
                   'tickets', app.ticket_lines(ARRAY(SELECT f.id FROM found f WHERE f.n <= 10)),
                   'total', (SELECT count(*) FROM queue),
                   'has_next', CASE WHEN v_back THEN b.behind ELSE b.ahead END,
                   'has_previous', CASE WHEN v_back THEN b.ahead ELSE b.behind END)
          FROM beyond b);
END $$;
GRANT EXECUTE ON FUNCTION app.read_queue(text, text, text[], text, integer, timestamptz, integer, boolean) TO repair_bot;
