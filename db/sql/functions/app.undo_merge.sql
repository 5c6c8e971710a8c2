-- db.models.CustomersMerged: the two are two again, as of the customer who had been merged. What was moved goes back, and what
-- was taken over, unless it was changed since: left and left_fields say what stays. Tickets filed since stay, too.
-- A definer function, as app.merge_customers.
CREATE FUNCTION app.undo_merge(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_merge integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_merge   app.customer_merges;
    v_back    integer[];
    v_same    text[];
    k customers;
    m customers;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    SELECT x.* INTO v_merge FROM app.customer_merges x WHERE x.id = p_merge FOR UPDATE;
    IF NOT FOUND OR v_merge.undone_at IS NOT NULL THEN
        PERFORM app.refuse('merge_undone', 'there is no such merge to undo');
    END IF;
    PERFORM FROM tickets t WHERE t.id = ANY (v_merge.tickets) ORDER BY t.id FOR NO KEY UPDATE;
    PERFORM FROM customers c WHERE c.id IN (v_merge.kept_id, v_merge.merged_id) ORDER BY c.id FOR UPDATE;
    SELECT c.* INTO k FROM customers c WHERE c.id = v_merge.kept_id;
    SELECT c.* INTO m FROM customers c WHERE c.id = v_merge.merged_id;
    IF k.merged_into IS NOT NULL THEN
        PERFORM app.refuse('merge_not_last', 'who stayed has been merged since', jsonb_build_object('customer', k.id));
    END IF;

    UPDATE customers c SET active = true, merged_into = NULL WHERE c.id = m.id;
    UPDATE customers c SET merged_into = m.id
     WHERE c.id IN (SELECT x.merged_id FROM app.customer_merges x WHERE x.kept_id = m.id AND x.undone_at IS NULL);
    WITH moved AS (
        UPDATE tickets t SET customer_id = m.id WHERE t.id = ANY (v_merge.tickets) AND t.customer_id = k.id RETURNING t.id)
    SELECT COALESCE(array_agg(moved.id), '{}') INTO v_back FROM moved;
    UPDATE customer_contacts n SET customer_id = m.id WHERE n.id = ANY (v_merge.contacts) AND n.customer_id = k.id;
    v_same := ARRAY(SELECT x.key FROM jsonb_each(v_merge.new) x WHERE to_jsonb(k) -> x.key = x.value ORDER BY x.key);
    IF 'email' = ANY (v_same) THEN
        PERFORM app.swap_emails(k.id, m.id);
    ELSIF v_merge.new ? 'email' AND NOT EXISTS (SELECT FROM customers c WHERE c.email = v_merge.new ->> 'email') THEN
        PERFORM app.put_customer(m.id, jsonb_build_object('email', v_merge.new -> 'email'));       -- their own, free again
    END IF;
    PERFORM app.put_customer(k.id, (SELECT COALESCE(jsonb_object_agg(c, v_merge.old -> c), '{}') FROM unnest(v_same) c WHERE c <> 'email'));
    UPDATE app.customer_merges x SET undone_at = now() WHERE x.id = v_merge.id;
    RETURN app.end_request(p_key, app.customer_document(m.id) || jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'merge_id', v_merge.id, 'merged_id', k.id, 'moved', cardinality(v_back),
        'left', to_jsonb(ARRAY(SELECT x FROM unnest(v_merge.tickets) x WHERE x <> ALL (v_back) ORDER BY x)),
        'left_fields', to_jsonb(ARRAY(SELECT x FROM jsonb_object_keys(v_merge.new) x WHERE x <> ALL (v_same) ORDER BY x))));
END $$;
GRANT EXECUTE ON FUNCTION app.undo_merge(text, text, text[], text, text, integer) TO repair_bot;
