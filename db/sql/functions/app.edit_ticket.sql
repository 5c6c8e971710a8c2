-- db.models.TicketChanged: with other values in these columns: title, description, priority, category, estimated_hours,
-- customer_id, due_at and the device's. p_seen: the updated_at of the ticket that the asker was looking at; NULL: as it is when the request
-- comes. What somebody else has changed since then is not overwritten. p_passcode: another passcode, to be encrypted with
-- the first of p_encryption_keys; blank: none any more; NULL: as it is.
CREATE FUNCTION app.edit_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_ticket integer,
                                p_changes jsonb, p_seen timestamptz DEFAULT NULL, p_passcode text DEFAULT NULL,
                                p_encryption_keys text[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    c_columns CONSTANT text[] := '{title,description,priority,category,estimated_hours,customer_id,due_at,
                                device_type,device_model,device_serial,device_condition,device_accessories}';
    c_generated CONSTANT text[] := '{search,priority_rank,device_key,tech_ref}';
    v_actor   jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer  jsonb;
    v_seen    timestamptz;
    v_changed jsonb;
    t tickets;
    n tickets;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    IF p_changes - c_columns <> '{}' THEN
        RAISE EXCEPTION 'no columns to edit: %', p_changes - c_columns USING ERRCODE = 'undefined_column';
    END IF;
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    v_seen := COALESCE(p_seen, (SELECT x.updated_at FROM tickets x WHERE x.id = p_ticket));
    t := app.lock_ticket(p_ticket);
    IF app.user_role() = 'Technician' AND t.tech = 'unassigned' AND NOT t.completed THEN
        PERFORM app.refuse_ticket('ticket_in_queue', p_ticket);
    ELSIF app.user_role() = 'Technician' AND t.tech <> app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_not_yours', p_ticket, t.tech);
    END IF;
    v_changed := app.changed_since(p_ticket, v_seen, VARIADIC ARRAY(SELECT jsonb_object_keys(p_changes))
                                                              || CASE WHEN p_passcode IS NOT NULL THEN ARRAY['device_passcode'] END);
    IF v_changed IS NOT NULL THEN
        PERFORM app.refuse('ticket_changed', format('ticket %s has been changed meanwhile', p_ticket),
                           v_changed || jsonb_build_object('ticket', p_ticket), 'object_not_in_prerequisite_state');
    END IF;
    PERFORM app.check_text(CASE WHEN p_changes ? 'title' THEN p_changes ->> 'title' ELSE t.title END, 255, 'tickets_title_check'),
            app.check_text(CASE WHEN p_changes ? 'description' THEN p_changes ->> 'description' ELSE 'unchanged' END,
                           10000, 'tickets_description_check'),
            app.check_text(CASE WHEN p_changes ? 'priority' THEN p_changes ->> 'priority' ELSE t.priority END, 20, 'tickets_priority_check'),
            app.check_text(COALESCE(p_changes ->> 'category', 'none'), 100, 'tickets_category_check'),
            app.check_text(COALESCE(p_changes ->> 'device_type', 'none'), 50, 'tickets_device_type_check'),
            app.check_text(COALESCE(p_changes ->> 'device_model', 'none'), 100, 'tickets_device_model_check'),
            app.check_text(COALESCE(p_changes ->> 'device_serial', 'none'), 100, 'tickets_device_serial_check'),
            app.check_text(COALESCE(p_changes ->> 'device_condition', 'none'), 500, 'tickets_device_condition_check'),
            app.check_text(COALESCE(p_changes ->> 'device_accessories', 'none'), 500, 'tickets_device_accessories_check'),
            app.check_hours((p_changes ->> 'estimated_hours')::numeric, 'tickets_estimated_hours_check');
    n := jsonb_populate_record(t, p_changes);
    IF n.due_at <= now() AND n.due_at IS DISTINCT FROM t.due_at THEN
        PERFORM app.refuse('ticket_due_past', 'the due date is past', '{}', 'check_violation');
    END IF;
    UPDATE tickets SET title = n.title, description = n.description, priority = n.priority, category = n.category,
                       estimated_hours = n.estimated_hours, customer_id = n.customer_id, due_at = n.due_at, device_type = n.device_type,
                       device_model = n.device_model, device_serial = n.device_serial, device_condition = n.device_condition,
                       device_accessories = n.device_accessories
     WHERE id = p_ticket AND (p_passcode IS NOT NULL                                             -- updated_at tells of that, too
                              OR to_jsonb(tickets) - c_generated IS DISTINCT FROM to_jsonb(n) - c_generated);
    IF p_passcode IS NOT NULL THEN
        PERFORM app.use_encryption_keys(p_encryption_keys), app.put_passcode(p_ticket, p_passcode);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object('actor', v_actor, 'ticket', app.ticket_document(p_ticket), 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.edit_ticket(text, text, text[], text, text, integer, jsonb, timestamptz, text, text[]) TO repair_bot;
