-- The tickets that the asker sees (app.sees_ticket) and that fit all that is not NULL, from the edge given on: p_limit of
-- them, newest first, or oldest first if p_backwards. p_status: 'open', 'completed', 'all', a bench status, or 'waiting':
-- for approval or parts.
-- What many tickets have is soon found among the next ones, and what few have by its index. So: the next 300 by
-- tickets_created_at_idx (without bitmaps the planner takes no other), 2,000 more, 8,000 more (all that in 4 to 10 ms),
-- then all by whatever indexes are best, however many that may be; if that takes longer than the statement may, it says so.
-- No index knows where words are not, so with nothing but "-words" it ends before that.
-- SECURITY DEFINER: see search_customers. MATERIALIZED: with a plain ORDER BY .. LIMIT the planner walks
-- tickets_created_at_idx to its end for a word that is rarer than it believes.
CREATE FUNCTION app.pick_tickets(p_limit integer, p_query tsquery, p_status text DEFAULT 'all', p_tech text DEFAULT NULL,
                                 p_priority text DEFAULT NULL, p_category text DEFAULT NULL, p_customer integer DEFAULT NULL,
                                 p_created_at timestamptz DEFAULT NULL, p_id bigint DEFAULT NULL, p_backwards boolean DEFAULT false,
                                 p_device_key text DEFAULT NULL,
                                 p_due tstzrange DEFAULT NULL)
RETURNS SETOF integer
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
SET enable_seqscan = off SET enable_bitmapscan = off SET work_mem = '32MB' AS $$          -- 32MB: bitmaps stay exact, no recheck
DECLARE
    v_sees_all CONSTANT boolean := app.user_role() IN ('Manager', 'Viewer');
    v_queue    CONSTANT boolean := app.user_role() = 'Technician';
    v_own      CONSTANT text := app.tech_email();
    v_me       CONSTANT text := app.user_id();
    v_near_at  timestamptz := p_created_at;                    -- where a window begins, NULL at the very end of the list
    v_near_id  bigint := p_id;
    v_far_at   timestamptz;                                    -- the first ticket that is too far, NULL if none is
    v_far_id   bigint;
    v_low_at   timestamptz;
    v_low_id   bigint;
    v_high_at  timestamptz;
    v_high_id  bigint;
    v_reach    integer := 0;                                   -- NULL: all
    v_found    integer[] := '{}';
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    IF numnode(p_query) = 0 THEN RETURN; END IF;               -- words, but none to look for: nothing found
    FOREACH v_reach IN ARRAY CASE WHEN querytree(p_query) = 'T' THEN ARRAY[300, 2000, 8000] ELSE ARRAY[300, 2000, 8000, NULL] END LOOP
        IF v_reach IS NULL THEN                                -- from the edge again: without one no index looks at the time
            v_found := '{}'; v_near_at := p_created_at; v_near_id := p_id; v_far_at := NULL;
            PERFORM set_config('enable_bitmapscan', 'on', true);       -- until the function ends
        ELSIF p_backwards THEN
            SELECT t.created_at, t.id INTO v_far_at, v_far_id FROM tickets t
             WHERE v_near_at IS NULL OR (t.created_at, t.id) > (v_near_at, v_near_id) ORDER BY t.created_at, t.id OFFSET v_reach LIMIT 1;
        ELSE
            SELECT t.created_at, t.id INTO v_far_at, v_far_id FROM tickets t
             WHERE v_near_at IS NULL OR (t.created_at, t.id) < (v_near_at, v_near_id) ORDER BY t.created_at DESC, t.id DESC OFFSET v_reach LIMIT 1;
        END IF;
        IF p_backwards THEN
            v_low_at := v_near_at; v_low_id := v_near_id; v_high_at := v_far_at; v_high_id := v_far_id;
        ELSE
            v_low_at := v_far_at; v_low_id := v_far_id; v_high_at := v_near_at; v_high_id := v_near_id;
        END IF;
        v_found := v_found || ARRAY(
            WITH hit AS MATERIALIZED (
                SELECT t.id, t.created_at FROM tickets t
                 WHERE (v_low_at IS NULL OR ((t.created_at, t.id) > (v_low_at, v_low_id)
                                             AND t.created_at >= v_low_at))            -- tells the planner how many those are
                   AND (v_high_at IS NULL OR ((t.created_at, t.id) < (v_high_at, v_high_id) AND t.created_at <= v_high_at))
                   AND (v_sees_all OR t.tech = v_own OR t.created_by = v_me OR (v_queue AND t.tech = 'unassigned' AND NOT t.completed))
                   AND (p_query IS NULL OR t.search @@ p_query)
                   AND CASE p_status WHEN 'all' THEN true
                                     WHEN 'open' THEN NOT t.completed
                                     WHEN 'completed' THEN t.completed
                                     WHEN 'waiting' THEN t.bench_status IN ('waiting_approval', 'waiting_parts')
                                     ELSE t.bench_status = p_status END
                   AND (p_tech IS NULL OR t.tech = p_tech)
                   AND (p_priority IS NULL OR t.priority = p_priority)
                   AND (p_category IS NULL OR lower(t.category) = lower(p_category))
                   AND (p_customer IS NULL OR t.customer_id = p_customer)
                   AND (p_device_key IS NULL OR t.device_key = p_device_key)
                   AND (p_due IS NULL OR (t.due_at >= COALESCE(lower(p_due), '-infinity') AND t.due_at < upper(p_due))))
            SELECT h.id FROM hit h
             ORDER BY CASE WHEN p_backwards THEN h.created_at END, CASE WHEN p_backwards THEN h.id END, h.created_at DESC, h.id DESC
             LIMIT p_limit - cardinality(v_found));
        EXIT WHEN cardinality(v_found) = p_limit OR v_far_at IS NULL;
        v_near_at := v_far_at; v_near_id := v_far_id + CASE WHEN p_backwards THEN -1 ELSE 1 END;     -- that one is still to come
    END LOOP;
    RETURN QUERY SELECT unnest(v_found);
EXCEPTION WHEN query_canceled THEN
    IF v_reach IS NOT NULL OR p_query IS NULL THEN RAISE; END IF;
    PERFORM app.refuse('search_too_common', 'each of these words stands in too many tickets', '{}', 'query_canceled');
END $$;
GRANT EXECUTE ON FUNCTION app.pick_tickets(integer, tsquery, text, text, text, text, integer, timestamptz, bigint, boolean, text, tstzrange) TO repair_bot;
