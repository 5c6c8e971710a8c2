-- Whether a ticket goes from one to the other of these because they were merged, or that is undone: the same person's still.
CREATE FUNCTION app.is_merge(p_from integer, p_to integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM app.customer_merges m
                    WHERE m.undone_at IS NULL AND (m.kept_id, m.merged_id) IN ((p_from, p_to), (p_to, p_from)))
$$;
