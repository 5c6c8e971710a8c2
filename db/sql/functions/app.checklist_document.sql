-- db.models.Checklist: that of a category, NULL: of every ticket. revision: another one tells that it has been changed.
CREATE FUNCTION app.checklist_document(p_category text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object('category', p_category, 'items', COALESCE(jsonb_agg(i.text ORDER BY i.position), '[]'),
                              'revision', md5(COALESCE(string_agg(i.text, E'\n' ORDER BY i.position), '')))
      FROM checklist_items i
     WHERE i.active AND i.category IS NOT DISTINCT FROM p_category
$$;
GRANT EXECUTE ON FUNCTION app.checklist_document(text) TO repair_bot;
