-- db.models.TicketChanged. p_assign: 'queue', 'me', 'auto' or a user_permissions.id. p_passcode: the device's, if any, kept
-- encrypted with the first of p_encryption_keys. p_device: {type, model, serial, condition, accessories}, each or none.
-- p_files: Slack's ids of what the asker uploaded and is to be kept with it; p_carried_files: of a message that it came from.
CREATE FUNCTION app.file_ticket(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_customer integer,
                                p_title text, p_description text, p_priority text, p_category text,
                                p_estimated_hours numeric, p_assign text, p_passcode text DEFAULT NULL,
                                p_encryption_keys text[] DEFAULT NULL, p_device jsonb DEFAULT NULL,
                                p_due_at timestamptz DEFAULT NULL, p_files text[] DEFAULT NULL,
                                p_carried_files text[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_answer jsonb;
    v_tech   text;
    v_id     integer;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    PERFORM app.check_text(p_title, 255, 'tickets_title_check'),
            app.check_text(p_description, 10000, 'tickets_description_check'),
            app.check_text(COALESCE(p_category, 'none'), 100, 'tickets_category_check'),
            app.check_text(COALESCE(p_priority, 'medium'), 20, 'tickets_priority_check'),
            app.check_text(COALESCE(p_passcode, 'none'), 255, 'ticket_passcode_check'),
            app.check_text(COALESCE(p_device ->> 'type', 'none'), 50, 'tickets_device_type_check'),
            app.check_text(COALESCE(p_device ->> 'model', 'none'), 100, 'tickets_device_model_check'),
            app.check_text(COALESCE(p_device ->> 'serial', 'none'), 100, 'tickets_device_serial_check'),
            app.check_text(COALESCE(p_device ->> 'condition', 'none'), 500, 'tickets_device_condition_check'),
            app.check_text(COALESCE(p_device ->> 'accessories', 'none'), 500, 'tickets_device_accessories_check'),
            app.check_hours(p_estimated_hours, 'tickets_estimated_hours_check');
    v_tech := CASE p_assign WHEN 'queue' THEN 'unassigned'
                            WHEN 'me'    THEN app.user_email()
                            WHEN 'auto'  THEN COALESCE(app.least_busy_technician(), 'unassigned')
                            ELSE app.worker_email(CASE WHEN p_assign ~ '^\d{1,9}$' THEN p_assign::integer END) END;
    IF p_due_at <= now() THEN
        PERFORM app.refuse('ticket_due_past', 'the due date is past', '{}', 'check_violation');
    END IF;
    IF v_tech IS NULL THEN
        RAISE EXCEPTION 'nobody to assign to: %', p_assign USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_tech_active';
    END IF;
    INSERT INTO tickets (customer_id, title, description, priority, category, estimated_hours, tech, due_at,
                         device_type, device_model, device_serial, device_condition, device_accessories)
    VALUES (p_customer, p_title, p_description, COALESCE(p_priority, 'medium'), p_category, p_estimated_hours, v_tech, p_due_at,
            p_device ->> 'type', p_device ->> 'model', p_device ->> 'serial', p_device ->> 'condition', p_device ->> 'accessories')
    RETURNING id INTO v_id;
    IF p_passcode IS NOT NULL THEN
        PERFORM app.use_encryption_keys(p_encryption_keys);
        INSERT INTO ticket_secrets (ticket_id, device_passcode) VALUES (v_id, encrypt_sensitive_data(p_passcode));
    END IF;
    IF cardinality(p_files || p_carried_files) > 0 THEN
        PERFORM app.add_file_errands(v_id, p_carried_files, false), app.add_file_errands(v_id, p_files, true);
    END IF;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'ticket', app.ticket_document(v_id), 'repeated', false,
        'no_technician', p_assign = 'auto' AND v_tech = 'unassigned'));
END $$;
GRANT EXECUTE ON FUNCTION app.file_ticket(text, text, text[], text, text, integer, text, text, text, text, numeric, text, text, text[], jsonb,
                                        timestamptz, text[], text[])
    TO repair_bot;
