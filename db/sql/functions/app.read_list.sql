-- db.models.TicketList: newest first, narrowed by what is not NULL. p_status: 'open', 'completed' or 'all'. p_worker:
-- 'me', 'nobody', or whom app.find_colleague() finds. The cursor is the edge of the page before.
-- Planned anew each time: only then do the filters that are given find their indexes.
CREATE FUNCTION app.read_list(p_team text, p_user text, p_roles text[], p_source text,
                              p_status text, p_worker text, p_priority text, p_category text, p_customer integer, p_words text,
                              p_created_at timestamptz, p_id integer, p_backwards boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_actor jsonb   := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_back  boolean := COALESCE(p_backwards, false);
    v_tech  text    := CASE WHEN p_worker = 'me' THEN app.user_email()
                            WHEN p_worker = 'nobody' THEN 'unassigned'
                            WHEN p_worker IS NOT NULL THEN (SELECT f.email FROM app.find_colleague(p_worker) f) END;
    v_found integer[];
BEGIN
    IF p_words IS NOT NULL THEN
        v_found := ARRAY(SELECT app.match_tickets(p_words));
    END IF;
    RETURN (
        WITH listed AS NOT MATERIALIZED (
            SELECT t.created_at, t.id FROM tickets t
             WHERE (p_status = 'all' OR t.completed = (p_status = 'completed'))
               AND (v_tech IS NULL OR t.tech = v_tech)
               AND (p_priority IS NULL OR t.priority = p_priority)
               AND (p_category IS NULL OR lower(t.category) = lower(p_category))
               AND (p_customer IS NULL OR t.customer_id = p_customer)
               AND (v_found IS NULL OR t.id = ANY (v_found))),
        found AS MATERIALIZED (                -- eleven, to know whether there are more than ten
            (SELECT l.*, row_number() OVER (ORDER BY l.created_at DESC, l.id DESC) AS n FROM listed l
              WHERE NOT v_back AND (p_id IS NULL OR (l.created_at, l.id) < (p_created_at, p_id))
              ORDER BY l.created_at DESC, l.id DESC LIMIT 11)
            UNION ALL
            (SELECT l.*, row_number() OVER (ORDER BY l.created_at, l.id) AS n FROM listed l
              WHERE v_back AND (l.created_at, l.id) > (p_created_at, p_id)
              ORDER BY l.created_at, l.id LIMIT 11)),
        beyond AS (
            SELECT EXISTS (SELECT FROM found f WHERE f.n = 11) AS ahead,
                   -- in order, so that the search begins at the edge, where the next one mostly is
                   EXISTS (SELECT FROM (SELECT FROM listed l WHERE NOT v_back AND (l.created_at, l.id) >= (p_created_at, p_id)
                                         ORDER BY l.created_at, l.id LIMIT 1) x)
                   OR EXISTS (SELECT FROM (SELECT FROM listed l WHERE v_back AND (l.created_at, l.id) <= (p_created_at, p_id)
                                            ORDER BY l.created_at DESC, l.id DESC LIMIT 1) x) AS behind)
        SELECT jsonb_build_object(
                   'actor', v_actor,
                   'tickets', app.lines_in_order(ARRAY(SELECT f.id FROM found f WHERE f.n <= 10 ORDER BY f.created_at DESC, f.id DESC)),
                   'has_next', CASE WHEN v_back THEN b.behind ELSE b.ahead END,
                   'has_previous', CASE WHEN v_back THEN b.ahead ELSE b.behind END)
          FROM beyond b);
END $$;
GRANT EXECUTE ON FUNCTION app.read_list(text, text, text[], text, text, text, text, text, integer, text, timestamptz, integer, boolean)
    TO repair_bot;
