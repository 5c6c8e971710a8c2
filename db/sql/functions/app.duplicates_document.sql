-- Pairs of active customers who look like the same person, as db.models.Duplicates without the actor: those most alike first,
-- then the newest; ten from behind p_after (how many things are alike, second, first), NULL for the first page. p_customer: only
-- pairs with them. Of those who have something in common each is compared with the one before alone: as many pairs as
-- customers, where the same telephone number a thousand times would make half a million.
CREATE FUNCTION app.duplicates_document(p_customer integer, p_after integer[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    v_pairs jsonb;
    v_total integer;
BEGIN
    PERFORM app.require_role('Manager');
    WITH alike AS (
        SELECT 'e-mail' AS why, lag(c.id) OVER (PARTITION BY c.email_key ORDER BY c.id) AS first, c.id AS second
          FROM customers c WHERE c.active AND p_customer IS NULL
        UNION ALL
        SELECT 'name', lag(c.id) OVER (PARTITION BY c.name_key ORDER BY c.id), c.id
          FROM customers c WHERE c.active AND p_customer IS NULL
        UNION ALL
        SELECT 'phone', lag(c.id) OVER (PARTITION BY c.phone_key ORDER BY c.id), c.id
          FROM customers c WHERE c.active AND length(c.phone_key) >= 7 AND p_customer IS NULL
        UNION ALL
        SELECT w.why, LEAST(o.id, c.id), GREATEST(o.id, c.id)
          FROM customers o
         CROSS JOIN (VALUES ('e-mail'), ('name'), ('phone')) w (why)
         CROSS JOIN LATERAL (
            SELECT x.id FROM customers x WHERE w.why = 'e-mail' AND x.active AND x.email_key = o.email_key
            UNION ALL
            SELECT x.id FROM customers x WHERE w.why = 'name' AND x.active AND x.name_key = o.name_key
            UNION ALL
            SELECT x.id FROM customers x
             WHERE w.why = 'phone' AND x.active AND x.phone_key = o.phone_key AND length(x.phone_key) >= 7
             LIMIT 100) c
         WHERE o.id = p_customer AND o.active AND c.id <> o.id),
    pairs AS (
        SELECT a.first, a.second, count(*)::integer AS alike, jsonb_agg(a.why ORDER BY a.why) AS why
          FROM alike a
         WHERE a.first IS NOT NULL
           AND NOT EXISTS (SELECT FROM app.distinct_customers d WHERE (d.first_id, d.second_id) = (a.first, a.second))
         GROUP BY a.first, a.second)
    SELECT (SELECT count(*) FROM pairs),
           (SELECT jsonb_agg(jsonb_build_object('customers', app.customer_options(ARRAY[p.first, p.second]), 'why', p.why)
                             ORDER BY p.alike DESC, p.second DESC, p.first DESC)
              FROM (SELECT * FROM pairs x
                     WHERE p_after IS NULL OR (x.alike, x.second, x.first) < (p_after[1], p_after[2], p_after[3])
                     ORDER BY x.alike DESC, x.second DESC, x.first DESC LIMIT 11) p)
      INTO v_total, v_pairs;
    RETURN jsonb_build_object('total', v_total, 'customer_id', p_customer,
                              'pairs', COALESCE(jsonb_path_query_array(v_pairs, '$[0 to 9]'), '[]'),
                              'has_next', COALESCE(jsonb_array_length(v_pairs), 0) > 10, 'has_previous', p_after IS NOT NULL);
END $$;
