-- Takes the figures of a summary that is about to be said, and keeps them with it. Once it may have arrived they stay as
-- they are. The days of the last week of which its reader was to get one, and got none, stand with them.
CREATE FUNCTION app.keep_summary(p_notification notifications) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_reader integer := p_notification.recipient_id;
    v_day    date := (p_notification.facts ->> 'day')::date;
BEGIN
    IF p_notification.facts ? 'figures' AND (p_notification.ts IS NOT NULL OR p_notification.uncertain_since IS NOT NULL) THEN
        RETURN;
    END IF;
    UPDATE notifications n
       SET facts = n.facts || jsonb_build_object('figures', app.day_figures(v_day) || jsonb_build_object(
               'taken_at', now(),
               'missed', ARRAY(
                   SELECT d.day FROM (SELECT v_day - ago AS day FROM generate_series(1, 7) ago) d
                    WHERE NOT EXISTS (SELECT FROM notifications k WHERE k.dedupe_key = app.summary_key(v_reader, d.day)
                                         AND k.error IS DISTINCT FROM 'overtaken')
                      AND EXISTS (SELECT FROM notifications k
                                   WHERE k.kind = 'summary' AND k.recipient_id = v_reader AND (k.facts ->> 'day')::date < d.day)
                    ORDER BY d.day)))
     WHERE n.id = p_notification.id;
END $$;
