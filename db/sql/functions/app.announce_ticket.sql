-- Says and records what happened to a ticket, whoever changed it: the bot, the web application or plain SQL.
CREATE FUNCTION app.announce_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c_recorded CONSTANT text[] := '{tech,tech_ref,completed,completed_at,updated_at,version,due_by_default}';   -- by the other kinds of event
    v_implied  text := CASE WHEN NEW.completed <> OLD.completed THEN 'bench_status' ELSE '' END;   -- by completed
    v_worker   user_permissions;
    v_previous user_permissions;
    v_events   text[];
    v_event    jsonb;
    v_outcome  text;
    v_told     integer[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM app.record_ticket_events(OLD.id, NULL, 'removed');
        PERFORM app.withdraw_ticket_notifications(OLD.id, OLD.title);
        RETURN NULL;
    END IF;

    SELECT * INTO v_worker FROM user_permissions u WHERE u.email = NEW.tech;
    IF TG_OP = 'INSERT' THEN
        PERFORM app.record_ticket_events(NEW.id, v_worker.id, 'filed');
        PERFORM app.add_notification('card', NEW.id, NULL);
        IF v_worker.id IS NOT NULL AND NOT NEW.completed THEN
            PERFORM app.add_notification('assigned', NEW.id, v_worker.id);
        END IF;
        RETURN NULL;
    END IF;

    IF NEW.tech <> OLD.tech THEN
        SELECT * INTO v_previous FROM user_permissions u WHERE u.email = OLD.tech;
        -- an address that is nobody's any more is the same person's old one
        IF OLD.tech = 'unassigned' OR v_previous.id IS NOT NULL THEN
            v_events := v_events || CASE WHEN v_worker.id IS NULL THEN 'released' ELSE 'assigned' END;
        END IF;
    END IF;
    IF NEW.completed <> OLD.completed THEN
        v_events := v_events || CASE WHEN NEW.completed THEN 'completed' WHEN app.is_taken_back(NEW.id) THEN 'undone' ELSE 'reopened' END;
    END IF;
    IF (to_jsonb(NEW) - c_recorded - v_implied) IS DISTINCT FROM (to_jsonb(OLD) - c_recorded - v_implied) THEN
        v_events := v_events || 'changed'::text;
    END IF;
    PERFORM app.record_ticket_events(NEW.id, v_worker.id, VARIADIC v_events);

    IF (NEW.title, NEW.priority, NEW.category, NEW.completed, NEW.tech, NEW.actual_hours, NEW.created_by, NEW.completed_at,
        NEW.bench_status, NEW.device_type, NEW.device_model)
       IS DISTINCT FROM
       (OLD.title, OLD.priority, OLD.category, OLD.completed, OLD.tech, OLD.actual_hours, OLD.created_by, OLD.completed_at,
        OLD.bench_status, OLD.device_type, OLD.device_model)
    THEN
        PERFORM app.add_notification('card', NEW.id, NULL);
    END IF;
    IF NEW.completed <> OLD.completed THEN
        v_told := ARRAY(SELECT u.id FROM user_permissions u
                         WHERE u.kinde_user_id = NEW.created_by OR (NEW.priority = 'urgent' AND u.role = 'Manager')
                         ORDER BY u.id);
    END IF;
    FOR v_event IN
        SELECT jsonb_build_object('event', e.kind,
                   'old', CASE WHEN e.kind IN ('assigned', 'released') THEN v_previous.display_name
                               WHEN e.kind = 'completed' THEN NULLIF(NEW.bench_status, 'ready') END,
                   'new', CASE e.kind WHEN 'assigned' THEN v_worker.display_name WHEN 'completed' THEN NEW.actual_hours::text END)
          FROM unnest(v_events) e (kind) WHERE e.kind <> 'changed'
        UNION ALL
        SELECT to_jsonb(f) FROM app.changed_fields(OLD, NEW) f
         WHERE NOT app.is_untold(f.event, OLD.customer_id, NEW.customer_id)
    LOOP
        PERFORM app.announce_event(NEW.id, v_event, CASE
            WHEN v_event ->> 'event' IN ('completed', 'reopened', 'undone') THEN v_told
            WHEN v_event ->> 'event' IN ('assigned', 'released') AND NOT NEW.completed THEN ARRAY[v_previous.id, v_worker.id]
            ELSE '{}' END);
    END LOOP;
    IF (NEW.title, NEW.priority, NEW.category, NEW.actual_hours) IS DISTINCT FROM
       (OLD.title, OLD.priority, OLD.category, OLD.actual_hours)
    THEN
        PERFORM app.refresh_recent_messages(NEW.id, NEW.completed);
    END IF;
    IF NOT NEW.completed AND v_events && '{assigned,released}' THEN
        PERFORM app.announce_assignment(NEW.id, v_previous.id, v_worker.id);
    END IF;
    IF 'undone' = ANY (v_events) THEN
        PERFORM app.announce_undo(NEW.id, v_told);
    ELSIF NEW.completed <> OLD.completed THEN
        v_outcome := CASE WHEN NEW.completed THEN 'completed' ELSE 'reopened' END;
        PERFORM app.add_notification(v_outcome, NEW.id, x.id) FROM unnest(v_told) x (id);
    END IF;
    RETURN NULL;
END $$;
