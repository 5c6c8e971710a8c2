-- Seconds until the next message may be claimed, 0 if at once, NULL if none waits.
CREATE FUNCTION app.next_notification_due() RETURNS double precision
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(GREATEST(extract(epoch FROM GREATEST(w.due, d.next_at) - clock_timestamp()), 0))::double precision
      FROM (SELECT n.destination, min(n.due) AS due FROM notifications n WHERE n.state = 'waiting' GROUP BY 1) w
      LEFT JOIN notification_destinations d ON d.recipient_id = w.destination
$$;
GRANT EXECUTE ON FUNCTION app.next_notification_due() TO repair_bot;
