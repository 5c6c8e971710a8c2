-- Writes each Manager's daily summary into the outbox when its time has come: at their own hour by their own clock, or
-- else at the shop's by the shop's, about the shop's day before. The unique key names the person and the shop's date after
-- that day: it is the ledger, so this may be called at any time, by any number of processes, and who changes their hour
-- gets no day twice. A time that the clocks skip is the same time by the old offset, one that they pass twice counts the
-- second time. While nobody called it, nothing was written: the latest is made up for within 12 hours of its time, or of
-- the moment at which its reader last changed how they are told. Whoever is linked after the hour gets it at once. A
-- summary that still waits is overtaken by the next one. What is written waits p_patience for its picture. Returns
-- db.models.SummariesWritten: for how many Managers, and the days, with the flow of two weeks, of which a picture is wanted.
CREATE FUNCTION app.schedule_summaries(p_now timestamptz DEFAULT now(), p_patience interval DEFAULT '0') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_time time := app.setting('summary_time')::time;
    v_told integer;
    v_days date[];
BEGIN
    WITH due AS (
        SELECT DISTINCT ON (u.id) u.id, CASE z.zone WHEN app.shop_time_zone() THEN l.date ELSE app.shop_today(d.at) END - 1 AS day, r.since
          FROM user_permissions u
          LEFT JOIN preferences p ON p.user_id = u.id
         CROSS JOIN LATERAL (SELECT COALESCE(CASE WHEN p.summary_at IS NOT NULL THEN COALESCE(p.time_zone, u.slack_time_zone) END,
                                             app.shop_time_zone()) AS zone) z
         CROSS JOIN generate_series(0, 1) ago
         CROSS JOIN LATERAL (SELECT (p_now AT TIME ZONE z.zone)::date - ago AS date) l
         CROSS JOIN LATERAL (SELECT (l.date + COALESCE(p.summary_at, v_time)) AT TIME ZONE z.zone AS at) d
         CROSS JOIN LATERAL (SELECT greatest(d.at, CASE WHEN p.updated_at <= p_now THEN p.updated_at END) AS since) r
         WHERE u.role = 'Manager' AND app.may_be_told(u)
           AND d.at <= p_now AND r.since > p_now - interval '12 hours'
         ORDER BY u.id, d.at DESC),
    written AS (
        INSERT INTO notifications (kind, recipient_id, due, dedupe_key, facts)
        SELECT 'summary', due.id, now() + p_patience, app.summary_key(due.id, due.day), jsonb_build_object('day', due.day, 'due_at', due.since)
          FROM due
         ORDER BY due.id
        ON CONFLICT (dedupe_key) DO NOTHING
        RETURNING recipient_id, (facts ->> 'day')::date AS day),
    overtaken AS (
        UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
          FROM written w
         WHERE n.destination = w.recipient_id AND n.kind = 'summary' AND n.state = 'waiting'
           AND n.ts IS NULL AND n.uncertain_since IS NULL AND (n.facts ->> 'day')::date < w.day)
    SELECT count(*), array_agg(DISTINCT w.day) INTO v_told, v_days FROM written w;
    IF v_told > 0 THEN
        PERFORM pg_notify('notifications', '');    -- heard at commit
    END IF;
    PERFORM app.set_service_session();    -- a day's flow is a Manager's
    RETURN jsonb_build_object('managers', v_told, 'charts', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('day', d.day, 'flow', app.flow(d.day - 13, d.day)) ORDER BY d.day)
          FROM unnest(v_days) AS d (day)), '[]'));
END $$;
GRANT EXECUTE ON FUNCTION app.schedule_summaries(timestamptz, interval) TO repair_bot;
