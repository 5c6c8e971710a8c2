-- What is to be checked before a ticket of this category is completed: what every ticket needs comes first.
CREATE FUNCTION app.checklist_of(p_category text) RETURNS SETOF checklist_items
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT i.* FROM checklist_items i
     WHERE i.active AND (i.category IS NULL OR lower(i.category) = lower(p_category))
     ORDER BY i.category IS NOT NULL, i.position
$$;
GRANT EXECUTE ON FUNCTION app.checklist_of(text) TO repair_bot;
