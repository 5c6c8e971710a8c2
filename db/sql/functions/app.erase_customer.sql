-- db.models.CustomerErased: a customer's personal data is gone, wherever the database has it; docs/security.md says what
-- remains. p_texts: of which tickets the words are erased, too: 'telling' (which name the customer), 'all' or 'none'.
-- p_reason: 'asked', 'law' or 'mistake'; it is recorded, so it is none that a person writes.
-- Whoever was merged into the customer is the same person. Files follow their rows (app.announce_attachment).
-- A definer function: it rewrites the audit trail, the outbox and the answers of requests, which are nobody's.
CREATE FUNCTION app.erase_customer(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_customer integer,
                                   p_texts text, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c_words CONSTANT text[] := '{title,description,body,category,device_type,device_model,device_condition,device_accessories}';
    c_files CONSTANT text[] := '{file_name,file_path,device_serial}';
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_id      integer;
    v_ids     integer[];
    v_tickets integer[];
    v_blanked integer[];
    v_traces  jsonb;
    v_names   text[];
    v_contacts integer; v_passcodes integer; v_attachments integer;
BEGIN
    PERFORM app.require_role('Manager');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;
    IF (p_texts IN ('telling', 'all', 'none') AND p_reason IN ('asked', 'law', 'mistake')) IS NOT TRUE THEN
        RAISE EXCEPTION 'no such choice' USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_erasure_check';
    END IF;

    v_id := app.customer_who_stays(p_customer);
    PERFORM pg_advisory_xact_lock(hashtext('contact'), v_id);                                  -- app.add_contact
    PERFORM FROM tickets t WHERE t.customer_id = v_id ORDER BY t.id FOR NO KEY UPDATE;         -- tickets before customers
    PERFORM FROM customers c WHERE v_id IN (c.id, c.merged_into) ORDER BY c.id FOR UPDATE;
    PERFORM app.check_erasable(v_id);
    v_ids := ARRAY(SELECT c.id FROM customers c WHERE v_id IN (c.id, c.merged_into));
    v_tickets := ARRAY(SELECT t.id FROM tickets t WHERE t.customer_id = v_id);
    v_traces := app.person_traces(v_ids);
    v_names := ARRAY(SELECT lower(c.first_name || ' ' || c.last_name) FROM customers c WHERE c.id = ANY (v_ids));
    v_blanked := CASE p_texts WHEN 'all' THEN v_tickets WHEN 'none' THEN '{}' ELSE app.telling_tickets(v_id, v_traces) END;

    UPDATE customers c
       SET first_name = 'Erased', last_name = 'customer ' || c.id, email = format('erased-%s@erased.invalid', c.id), phone = '0',
           address1 = '', address2 = NULL, city = '', state = '', zip = '00000', country = 'US', notes = NULL, approval_limit = NULL,
           active = false, erased_at = now()
     WHERE c.id = ANY (v_ids);
    DELETE FROM customer_contacts n WHERE n.customer_id = ANY (v_ids);
    GET DIAGNOSTICS v_contacts = ROW_COUNT;
    DELETE FROM app.customer_merges m WHERE m.kept_id = ANY (v_ids) OR m.merged_id = ANY (v_ids);
    DELETE FROM app.distinct_customers d WHERE d.first_id = ANY (v_ids) OR d.second_id = ANY (v_ids);
    DELETE FROM ticket_secrets s WHERE s.ticket_id = ANY (v_tickets);
    GET DIAGNOSTICS v_passcodes = ROW_COUNT;
    DELETE FROM app.file_errands e WHERE e.ticket_id = ANY (v_tickets) AND e.errand = 'fetch' AND e.state = 'waiting';
    DELETE FROM ticket_attachments a WHERE a.ticket_id = ANY (v_tickets);
    GET DIAGNOSTICS v_attachments = ROW_COUNT;
    UPDATE tickets t SET device_serial = NULL WHERE t.id = ANY (v_tickets) AND t.device_serial IS NOT NULL;
    UPDATE tickets t
       SET title = 'Erased', description = 'Erased', device_condition = NULL, device_accessories = NULL,
           category     = CASE WHEN NOT app.tells_of(t.category, v_traces) THEN t.category END,
           device_type  = CASE WHEN NOT app.tells_of(t.device_type, v_traces) THEN t.device_type END,
           device_model = CASE WHEN NOT app.tells_of(t.device_model, v_traces) THEN t.device_model END
     WHERE t.id = ANY (v_blanked);
    UPDATE approvals a SET said = NULL WHERE a.ticket_id = ANY (v_tickets) AND a.said IS NOT NULL;
    UPDATE ticket_notes n SET body = 'Erased' WHERE n.ticket_id = ANY (v_blanked);
    UPDATE notifications n SET facts = jsonb_set(n.facts, '{events}', (
               SELECT jsonb_agg(CASE e.value ->> 'event' WHEN 'title' THEN e.value || '{"old": null, "new": null}' ELSE e.value END
                                ORDER BY e.ordinality)
                 FROM jsonb_array_elements(n.facts -> 'events') WITH ORDINALITY e))
     WHERE n.ticket_id = ANY (v_blanked) AND n.facts @> '{"events": [{"event": "title"}]}';

    -- after the changes above, whose own lines are among these
    UPDATE activity_log a SET metadata = app.without_values(a.metadata, CASE
               WHEN a.metadata ->> 'table' = 'customers'
               THEN '{first_name,last_name,email,phone,address1,address2,city,state,zip,country,notes}'::text[]
               WHEN a.metadata ->> 'table' = 'customer_contacts' THEN '{body}' END)
     WHERE a.resource_type = 'customer' AND a.resource_id = ANY (v_ids);
    UPDATE activity_log a SET metadata = app.without_values(a.metadata, CASE WHEN a.resource_id = ANY (v_blanked) THEN c_words || c_files ELSE c_files END)
     WHERE a.resource_type = 'ticket' AND a.resource_id = ANY (v_tickets) AND (a.metadata ? 'table' OR a.resource_id = ANY (v_blanked));
    UPDATE app.request_keys k SET result = '{"erased": true}'
     WHERE (k.result -> 'customer' ->> 'id')::integer = ANY (v_ids) OR (k.result -> 'ticket' ->> 'id')::integer = ANY (v_tickets)
        OR jsonb_path_query_array(k.result, '$.messages[*].ticket_id') @> ANY (SELECT to_jsonb(x) FROM unnest(v_blanked) x)
        OR EXISTS (SELECT FROM (SELECT jsonb_array_elements_text(v_traces -> 'texts') UNION SELECT unnest(v_names)) t (said)
                    WHERE position(t.said IN lower(k.result::text)) > 0);
    INSERT INTO activity_log (user_id, action, resource_type, resource_id, metadata, user_agent)
    VALUES (app.user_id(), 'ERASE_CUSTOMER', 'customer', v_id, jsonb_build_object('reason', p_reason, 'texts', p_texts), p_source);
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'repeated', false, 'customer_id', v_id, 'tickets', cardinality(v_tickets), 'blanked', cardinality(v_blanked),
        'contacts', v_contacts, 'passcodes', v_passcodes, 'attachments', v_attachments));
END $$;
GRANT EXECUTE ON FUNCTION app.erase_customer(text, text, text[], text, text, integer, text, text) TO repair_bot;
