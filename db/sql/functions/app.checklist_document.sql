-- db.models.Checklist: that of a category, NULL: of every ticket. shown: what of it a form carries.
CREATE FUNCTION app.checklist_document(p_category text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object('category', p_category, 'items', c.items, 'shown', app.shown(jsonb_build_object('items', c.items)))
          FROM (SELECT COALESCE(jsonb_agg(i.text ORDER BY i.position), '[]') AS items
                  FROM checklist_items i
                 WHERE i.active AND i.category IS NOT DISTINCT FROM p_category) c);
END $$;
GRANT EXECUTE ON FUNCTION app.checklist_document(text) TO repair_bot;
