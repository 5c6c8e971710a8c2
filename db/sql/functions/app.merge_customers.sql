-- db.models.CustomersMerged: two customers are one person. The tickets and contacts of p_merged go to p_kept; p_taken says
-- what of p_merged's replaces p_kept's: name, email, phone, address, notes, or 'both notes'. p_merged stays as a deactivated
-- row that points to p_kept. p_kept_seen, p_merged_seen: updated_at of what the asker chose from.
-- A definer function: who is active, and the record for undoing it, are columns and a table that nobody is granted.
CREATE FUNCTION app.merge_customers(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_kept integer,
                                    p_merged integer, p_taken text[], p_kept_seen timestamptz, p_merged_seen timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_new    jsonb;
    v_merge  app.customer_merges;
    k customers;
    m customers;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM FROM tickets t WHERE t.customer_id = p_merged ORDER BY t.id FOR NO KEY UPDATE;     -- tickets before customers
    PERFORM FROM customers c WHERE c.id IN (p_kept, p_merged) ORDER BY c.id FOR UPDATE;
    PERFORM app.pair_document(p_kept, p_merged);
    SELECT c.* INTO k FROM customers c WHERE c.id = p_kept;
    SELECT c.* INTO m FROM customers c WHERE c.id = p_merged;
    IF (k.updated_at, m.updated_at) IS DISTINCT FROM (p_kept_seen, p_merged_seen) THEN
        PERFORM app.refuse('customers_changed', 'one of the two has been changed');
    END IF;
    v_new := (
        SELECT COALESCE(jsonb_object_agg(x.col, to_jsonb(m) -> x.col), '{}')
          FROM (VALUES ('name', 'first_name'), ('name', 'last_name'), ('email', 'email'), ('phone', 'phone'), ('notes', 'notes'),
                       ('address', 'address1'), ('address', 'address2'), ('address', 'city'), ('address', 'state'),
                       ('address', 'zip'), ('address', 'country')) x (part, col)
         WHERE x.part = ANY (p_taken));
    IF 'both notes' = ANY (p_taken) THEN
        v_new := v_new || jsonb_build_object('notes', concat_ws(E'\n', k.notes, m.notes));
        PERFORM app.check_customer(jsonb_build_object('notes', v_new -> 'notes'));
    END IF;

    INSERT INTO app.customer_merges (kept_id, merged_id, tickets, contacts, old, new, merged_by)
    VALUES (p_kept, p_merged, ARRAY(SELECT t.id FROM tickets t WHERE t.customer_id = p_merged ORDER BY t.id),
            ARRAY(SELECT n.id FROM customer_contacts n WHERE n.customer_id = p_merged ORDER BY n.id),
            (SELECT COALESCE(jsonb_object_agg(c, to_jsonb(k) -> c), '{}') FROM jsonb_object_keys(v_new) c), v_new,
            (v_actor ->> 'id')::integer)
    RETURNING * INTO v_merge;
    UPDATE tickets t SET customer_id = p_kept WHERE t.customer_id = p_merged;
    UPDATE customer_contacts n SET customer_id = p_kept WHERE n.customer_id = p_merged;
    UPDATE customers c SET merged_into = p_kept WHERE c.merged_into = p_merged;
    UPDATE customers c SET active = false, merged_into = p_kept WHERE c.id = p_merged;
    IF v_new ? 'email' THEN
        PERFORM app.swap_emails(p_kept, p_merged);
    END IF;
    PERFORM app.put_customer(p_kept, v_new - 'email');
    RETURN app.end_request(p_key, app.customer_document(p_kept) || jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'merge_id', v_merge.id, 'merged_id', p_merged,
        'moved', cardinality(v_merge.tickets), 'left', '[]'::jsonb, 'left_fields', '[]'::jsonb));
END $$;
GRANT EXECUTE ON FUNCTION app.merge_customers(text, text, text[], text, text, integer, integer, text[], timestamptz, timestamptz) TO repair_bot;
