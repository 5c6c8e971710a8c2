-- Writes each Manager's daily summary into the outbox when its time has come: about the day before, once a local date
-- of the shop. The unique key is the ledger, so it may be called at any time, by any number of processes. A time that
-- the clocks skip is the same time by the old offset, one that they pass twice counts the second time. While nobody
-- called it, nothing was written: it is made up for on the same date, and up to six hours beyond midnight. Whoever is
-- linked after the hour gets that date's at once. A summary that still waits is overtaken by the next one.
-- Returns how many were written.
CREATE FUNCTION app.schedule_summaries(p_now timestamptz DEFAULT now()) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_time  time := app.setting('summary_time')::time;
    v_today date := app.shop_today(p_now);
    v_date  date;           -- whose summary is due
    v_due   timestamptz;
    v_told  integer[];
BEGIN
    SELECT d.date, d.due INTO v_date, v_due
      FROM (SELECT x.date, (x.date + v_time) AT TIME ZONE app.shop_time_zone() AS due
              FROM unnest(ARRAY[v_today, v_today - 1]) AS x (date)) d
     WHERE d.due <= p_now AND (d.date = v_today OR d.due > p_now - interval '6 hours')
     ORDER BY d.date DESC LIMIT 1;
    IF NOT FOUND THEN RETURN 0; END IF;

    WITH written AS (
        INSERT INTO notifications (kind, recipient_id, dedupe_key, facts)
        SELECT 'summary', u.id, format('summary:%s:%s', u.id, to_char(v_date, 'YYYY-MM-DD')),
               jsonb_build_object('day', v_date - 1, 'due_at', v_due)
          FROM user_permissions u
         WHERE u.role = 'Manager' AND app.may_be_told(u)
         ORDER BY u.id
        ON CONFLICT (dedupe_key) DO NOTHING
        RETURNING recipient_id)
    SELECT array_agg(w.recipient_id) INTO v_told FROM written w;
    IF v_told IS NULL THEN RETURN 0; END IF;

    UPDATE notifications n SET state = 'dropped', error = 'overtaken', updated_at = now()
     WHERE n.destination = ANY (v_told) AND n.kind = 'summary' AND n.state = 'waiting'
       AND n.ts IS NULL AND n.uncertain_since IS NULL AND (n.facts ->> 'day')::date < v_date - 1;
    PERFORM pg_notify('notifications', '');    -- heard at commit
    RETURN cardinality(v_told);
END $$;
GRANT EXECUTE ON FUNCTION app.schedule_summaries(timestamptz) TO repair_bot;
