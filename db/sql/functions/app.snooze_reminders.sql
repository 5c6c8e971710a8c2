-- db.models.Snoozed: the asker wants no more reminders of the open tickets that a reminder of theirs told of, for an hour, until
-- the shop opens tomorrow, or next week. Of a later press the later moment counts.
CREATE FUNCTION app.snooze_reminders(p_team text, p_user text, p_roles text[], p_source text, p_key text, p_notification bigint,
                                     p_until text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_me     integer := (v_actor ->> 'id')::integer;
    v_today  date := app.shop_today();
    v_day    timestamptz := CASE p_until WHEN 'tomorrow' THEN v_today + 1 WHEN 'week' THEN date_trunc('week', v_today)::date + 7 END::timestamp
                            AT TIME ZONE app.shop_time_zone();
    v_until  timestamptz := CASE WHEN v_day IS NULL THEN now() + interval '1 hour'
                                 ELSE COALESCE(app.shop_time(v_day, '0'), v_day + interval '9 hours') END;
    v_answer jsonb;
    v_number integer;
BEGIN
    v_answer := app.begin_request(p_key);
    IF v_answer IS NOT NULL THEN RETURN v_answer; END IF;

    IF NOT EXISTS (SELECT FROM notifications n WHERE n.id = p_notification AND n.kind = 'reminder' AND n.recipient_id = v_me) THEN
        PERFORM app.refuse('reminder_gone', 'there is no such reminder', '{}', 'no_data_found');
    END IF;
    INSERT INTO app.ticket_snoozes AS s (ticket_id, user_id, snoozed_until)
    SELECT DISTINCT t.id, v_me, v_until
      FROM notifications n
     CROSS JOIN jsonb_array_elements(n.facts -> 'reminders') r
      JOIN tickets t ON t.id = (r.value ->> 'ticket')::integer AND NOT t.completed
     WHERE n.id = p_notification
     ORDER BY t.id
    ON CONFLICT (ticket_id, user_id) DO UPDATE SET snoozed_until = GREATEST(s.snoozed_until, EXCLUDED.snoozed_until);
    GET DIAGNOSTICS v_number = ROW_COUNT;
    RETURN app.end_request(p_key, jsonb_build_object(
        'actor', v_actor, 'tickets', v_number, 'until', v_until, 'repeated', false));
END $$;
GRANT EXECUTE ON FUNCTION app.snooze_reminders(text, text, text[], text, text, bigint, text) TO repair_bot;
