-- Makes these, in this order, the checklist of a category (NULL: of every ticket). What isn't among them any more is switched off,
-- not lost. p_seen: what the asker's form showed (app.shown()); what somebody else has changed since then is not overwritten.
CREATE FUNCTION app.put_checklist(p_category text, p_items text[], p_seen jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_others jsonb;
BEGIN
    PERFORM app.require_role('Manager');
    LOCK TABLE checklist_items IN SHARE ROW EXCLUSIVE MODE;
    v_others := app.overtaken(p_seen, app.checklist_document(p_category), jsonb_build_object('items', p_items));
    IF v_others IS NOT NULL THEN
        PERFORM app.refuse('checklist_changed', 'the checklist has been changed meanwhile', jsonb_build_object(
            'category', p_category, 'changes', jsonb_build_array(v_others -> 0 || app.last_change('system', 'checklist_items', p_ids => ARRAY(
                SELECT i.id FROM checklist_items i WHERE i.category IS NOT DISTINCT FROM p_category)))), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.check_text(i.text, 75, 'checklist_items_text_check') FROM unnest(p_items) i (text);
    IF cardinality(p_items) > 10 THEN
        RAISE EXCEPTION 'more than 10 checks' USING ERRCODE = 'check_violation', CONSTRAINT = 'checklist_items_position_check';
    END IF;
    UPDATE checklist_items i SET active = false
     WHERE i.active AND i.category IS NOT DISTINCT FROM p_category AND i.text <> ALL (p_items);
    INSERT INTO checklist_items AS i (category, position, text)
    SELECT p_category, x.n, x.text FROM unnest(p_items) WITH ORDINALITY x (text, n)
    ON CONFLICT (category, text) DO UPDATE SET position = EXCLUDED.position, active = true
     WHERE (i.position, i.active) IS DISTINCT FROM (EXCLUDED.position, true);
END $$;
GRANT EXECUTE ON FUNCTION app.put_checklist(text, text[], jsonb) TO repair_bot;
