-- Who was merged into a customer, the last three, as an array of db.models.Merge; for Managers.
CREATE FUNCTION app.merge_documents(p_customer integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', m.id, 'customer_id', m.merged_id, 'name', c.first_name || ' ' || c.last_name,
                                            'phone', c.phone, 'email', c.email, 'merged_at', m.merged_at) ORDER BY m.id DESC)
          FROM (SELECT * FROM app.customer_merges x WHERE x.kept_id = p_customer AND x.undone_at IS NULL
                 ORDER BY x.id DESC LIMIT 3) m
          JOIN customers c ON c.id = m.merged_id
         WHERE app.user_role() = 'Manager'), '[]');
END $$;
GRANT EXECUTE ON FUNCTION app.merge_documents(integer) TO repair_bot;
