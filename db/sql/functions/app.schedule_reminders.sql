-- Writes into the outbox what people are to be reminded of, in the hours in which the shop is open: the technician, after
-- remind_managers_after Managers as well, and Managers at once where nobody works on it. For each person and ticket the gravest
-- thing alone, once (app.ticket_reminders) and at most remind_most a day, unless they have snoozed it. All for one person is one
-- message, together with what still waits to be said to them. Any number of processes may call it at any time.
-- News of a ticket are its changes and notes. Returns how many messages were written.
CREATE FUNCTION app.schedule_reminders(p_now timestamptz DEFAULT now()) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
    v_day       timestamptz := app.shop_today(p_now)::timestamp AT TIME ZONE app.shop_time_zone();
    v_later     interval := app.setting_hours('remind_managers_after');
    v_soon      timestamptz := app.shop_time(p_now, app.setting_hours('remind_due_soon'));
    v_untouched timestamptz := app.shop_time(p_now, -app.setting_hours('remind_untouched'));
    v_approval  timestamptz := app.shop_time(p_now, -app.setting_hours('remind_approval'));
    v_silent    timestamptz := app.shop_time(p_now, -app.setting_hours('remind_silent'));
    v_written   integer;
BEGIN
    IF app.shop_time(p_now, '0') IS DISTINCT FROM p_now THEN RETURN 0; END IF;
    WITH open AS MATERIALIZED (
        SELECT t.id, t.tech, t.priority, t.bench_status, t.due_at,
               GREATEST(t.updated_at, (SELECT max(n.created_at) FROM ticket_notes n WHERE n.ticket_id = t.id)) AS news_at
          FROM tickets t
         WHERE NOT t.completed
           AND (t.due_at <= GREATEST(v_soon, p_now) OR t.updated_at <= GREATEST(v_untouched, v_approval, v_silent))),
    needs AS (
        SELECT o.id, o.tech, 1 AS gravity, 'overdue' AS why, o.due_at AS since, v_day AS about,
               o.due_at <= app.shop_time(p_now, -v_later) AS late
          FROM open o WHERE o.due_at <= p_now
        UNION ALL
        SELECT o.id, o.tech, 2, 'untouched', o.news_at, v_day, true
          FROM open o WHERE o.tech = 'unassigned' AND o.priority = 'urgent' AND o.news_at <= v_untouched
        UNION ALL
        SELECT o.id, o.tech, 3, 'approval', o.news_at, v_day, o.news_at <= app.shop_time(v_approval, -v_later)
          FROM open o WHERE o.bench_status = 'waiting_approval' AND o.news_at <= v_approval
        UNION ALL
        SELECT o.id, o.tech, 4, 'due_soon', o.due_at, o.due_at, false
          FROM open o WHERE o.due_at > p_now AND o.due_at <= v_soon
        UNION ALL
        SELECT o.id, o.tech, 5, 'silent', o.news_at, v_day, o.news_at <= app.shop_time(v_silent, -v_later)
          FROM open o WHERE o.tech <> 'unassigned' AND o.news_at <= v_silent),
    gravest AS (
        SELECT DISTINCT ON (n.id, u.id) n.id AS ticket_id, u.id AS user_id, n.gravity, n.why, n.since, n.about
          FROM needs n
          JOIN user_permissions u ON app.may_be_told(u) AND (u.email = n.tech OR (u.role = 'Manager' AND (n.late OR n.tech = 'unassigned')))
         ORDER BY n.id, u.id, n.gravity),
    claimed AS (
        INSERT INTO app.ticket_reminders (ticket_id, user_id, why, about, reminded_at)
        SELECT g.ticket_id, g.user_id, g.why, g.about, p_now FROM gravest g
         WHERE NOT EXISTS (SELECT FROM app.ticket_snoozes s
                            WHERE (s.ticket_id, s.user_id) = (g.ticket_id, g.user_id) AND s.snoozed_until > p_now)
           AND (SELECT count(*) FROM app.ticket_reminders r
                 WHERE (r.ticket_id, r.user_id) = (g.ticket_id, g.user_id) AND r.reminded_at >= v_day AND r.why <> 'nudged')
               < app.setting('remind_most')::integer
         ORDER BY g.ticket_id, g.user_id
        ON CONFLICT DO NOTHING
        RETURNING ticket_id, user_id),
    told AS (
        SELECT c.user_id, jsonb_agg(jsonb_build_object('ticket', g.ticket_id, 'why', g.why, 'since', g.since)
                                    ORDER BY g.gravity, g.since, g.ticket_id) AS reminders
          FROM claimed c JOIN gravest g USING (ticket_id, user_id)
         GROUP BY c.user_id),
    overtaken AS (
        UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
          FROM told
         WHERE n.recipient_id = told.user_id AND n.kind = 'reminder' AND n.state = 'waiting'
           AND n.ts IS NULL AND n.uncertain_since IS NULL AND NOT n.facts -> 'reminders' @> '[{"why": "nudged"}]'
        RETURNING n.recipient_id, n.facts -> 'reminders' AS reminders),
    whole AS (
        SELECT told.user_id, told.reminders || COALESCE((SELECT jsonb_agg(x.value) FROM overtaken o, jsonb_array_elements(o.reminders) x
                                                          WHERE o.recipient_id = told.user_id), '[]') AS reminders
          FROM told)
    INSERT INTO notifications (kind, ticket_id, recipient_id, facts)
    SELECT 'reminder', CASE WHEN jsonb_array_length(w.reminders) = 1 THEN (w.reminders -> 0 ->> 'ticket')::integer END,
           w.user_id, jsonb_build_object('reminders', w.reminders)
      FROM whole w ORDER BY w.user_id;
    GET DIAGNOSTICS v_written = ROW_COUNT;
    IF v_written > 0 THEN
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
    RETURN v_written;
END $$;
GRANT EXECUTE ON FUNCTION app.schedule_reminders(timestamptz) TO repair_bot;
