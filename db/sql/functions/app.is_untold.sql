-- Whether a ticket's change is nobody's news: it goes to another customer because the two were merged, or that is undone, so
-- it is the same person's still; or it is the erasure of its customer, which must not say what was there.
CREATE FUNCTION app.is_untold(p_event text, p_from integer, p_to integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_event = 'customer'
                THEN EXISTS (SELECT FROM app.customer_merges m
                              WHERE m.undone_at IS NULL AND (m.kept_id, m.merged_id) IN ((p_from, p_to), (p_to, p_from)))
                ELSE EXISTS (SELECT FROM customers c WHERE c.id = p_to AND c.erased_at IS NOT NULL) END
$$;
