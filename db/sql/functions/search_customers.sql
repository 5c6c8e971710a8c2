-- Active customers by name, e-mail or phone, best first, at most 50; for Managers who ask for it the others after them.
-- Where the term stands in more than 200, the newest 200 are compared: ranking takes longer than finding.
-- A Viewer searches and gets names alone. What a merged customer was called leads the others to the one who stays.
-- What many have is soon found among the newest 2,000 (customers_created_at_idx), what few have by the other indexes.
-- SECURITY DEFINER: @@ and LIKE are not leakproof, so under row-level security they can't use their indexes. The rule of
-- who sees what is applied here instead.
CREATE FUNCTION search_customers(search_term text, with_inactive boolean DEFAULT false)
RETURNS TABLE (id integer, first_name varchar, last_name varchar, email varchar, phone varchar, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_names  boolean := app.user_role() = 'Viewer';
    v_term   text := lower(btrim(COALESCE(search_term, '')));
    v_query  tsquery := app.prefix_tsquery(v_term, CASE WHEN v_names THEN 'A' ELSE '' END);
    v_like   text := CASE WHEN length(v_term) >= 3 THEN app.like_pattern(v_term) END;
    v_digits text := regexp_replace(v_term, '\D', '', 'g');
    v_phone  text := CASE WHEN NOT v_names AND length(v_digits) >= 3 AND v_term ~ '^[0-9 ()+./-]+$' THEN '%' || v_digits || '%' END;
    v_all    boolean := with_inactive AND app.user_role() = 'Manager';
    v_since  timestamptz;
    v_found  integer[];
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    IF v_query IS NULL AND v_like IS NULL AND v_phone IS NULL THEN
        RETURN;                                    -- nothing to search for: no rows, not all rows
    END IF;
    SELECT c.created_at INTO v_since FROM customers c ORDER BY c.created_at DESC OFFSET 2000 LIMIT 1;
    LOOP
        v_found := ARRAY(
            WITH hit AS MATERIALIZED (
                SELECT c.id, c.active, c.created_at FROM customers c
                 WHERE (c.active OR (v_all AND v_since IS NULL) OR (c.merged_into IS NOT NULL AND NOT v_names))
                   AND (v_since IS NULL OR c.created_at > v_since)
                   AND (c.search @@ v_query OR c.search_text LIKE v_like OR c.phone_digits LIKE v_phone)
                   AND (NOT v_names OR c.search @@ v_query OR lower(c.first_name || ' ' || c.last_name) LIKE v_like))
            SELECT h.id FROM hit h ORDER BY h.active DESC, h.created_at DESC, h.id DESC LIMIT 200);
        EXIT WHEN v_since IS NULL OR cardinality(v_found) = 200;
        v_since := NULL;
    END LOOP;
    RETURN QUERY
    SELECT c.id, c.first_name, c.last_name, CASE WHEN NOT v_names THEN c.email END, CASE WHEN NOT v_names THEN c.phone END,
           CASE WHEN v_names THEN similarity(lower(c.first_name || ' ' || c.last_name), v_term)
                ELSE COALESCE(ts_rank(c.search, v_query), 0) + similarity(c.search_text, v_term) END::real AS rank
      FROM customers c
     WHERE c.id IN (SELECT COALESCE(x.merged_into, x.id) FROM customers x WHERE x.id = ANY (v_found))
       AND (c.active OR v_all)
     ORDER BY c.active DESC, 6 DESC, c.last_name, c.first_name, c.id
     LIMIT 50;
END $$;
GRANT EXECUTE ON FUNCTION search_customers(text, boolean) TO authenticated_users;
