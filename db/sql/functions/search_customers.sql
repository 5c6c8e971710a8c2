-- Active customers by name, e-mail or phone, best first, at most 50; for Managers who ask for it the others after them.
-- A Viewer searches and gets names alone.
-- SECURITY DEFINER: @@ and LIKE are not leakproof, so under row-level security they can't use their indexes. The rule of
-- who sees what is applied here instead.
CREATE FUNCTION search_customers(search_term text, with_inactive boolean DEFAULT false)
RETURNS TABLE (id integer, first_name varchar, last_name varchar, email varchar, phone varchar, rank real)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_term   text := lower(btrim(COALESCE(search_term, '')));
    v_query  tsquery := app.prefix_tsquery(v_term);
    v_like   text := CASE WHEN length(v_term) >= 3 THEN app.like_pattern(v_term) END;
    v_digits text := regexp_replace(v_term, '\D', '', 'g');
    v_phone  text := CASE WHEN length(v_digits) >= 3 AND v_term ~ '^[0-9 ()+./-]+$' THEN '%' || v_digits || '%' END;
    v_names  boolean := app.user_role() = 'Viewer';
    v_all    boolean := with_inactive AND app.user_role() = 'Manager';
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User', 'Viewer');
    IF v_names THEN v_phone := NULL; END IF;
    IF v_query IS NULL AND v_like IS NULL AND v_phone IS NULL THEN
        RETURN;                                    -- nothing to search for: no rows, not all rows
    END IF;
    RETURN QUERY
    SELECT c.id, c.first_name, c.last_name, CASE WHEN NOT v_names THEN c.email END, CASE WHEN NOT v_names THEN c.phone END,
           CASE WHEN v_names THEN similarity(lower(c.first_name || ' ' || c.last_name), v_term)
                ELSE COALESCE(ts_rank(to_tsvector('simple', c.first_name || ' ' || c.last_name || ' ' || c.email), v_query), 0)
                     + similarity(c.search_text, v_term) END::real AS rank
      FROM customers c
     WHERE (c.active OR v_all)
       AND (to_tsvector('simple', c.first_name || ' ' || c.last_name || ' ' || c.email) @@ v_query
            OR c.search_text LIKE v_like
            OR c.phone_digits LIKE v_phone)
       AND (NOT v_names OR to_tsvector('simple', c.first_name || ' ' || c.last_name) @@ v_query
            OR lower(c.first_name || ' ' || c.last_name) LIKE v_like)
     ORDER BY c.active DESC, 6 DESC, c.last_name, c.first_name, c.id
     LIMIT 50;
END $$;
GRANT EXECUTE ON FUNCTION search_customers(text, boolean) TO authenticated_users;
