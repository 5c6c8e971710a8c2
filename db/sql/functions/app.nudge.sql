-- A Manager reminds somebody of a ticket on which they work, once a day of the shop. False: they were reminded today already, or
-- there is nobody to remind.
CREATE FUNCTION app.nudge(p_ticket integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_worker integer;
BEGIN
    PERFORM app.require_role('Manager');
    INSERT INTO app.ticket_reminders (ticket_id, user_id, why, about)
    SELECT t.id, u.id, 'nudged', app.shop_today()::timestamp AT TIME ZONE app.shop_time_zone()
      FROM tickets t JOIN user_permissions u ON u.email = t.tech
     WHERE t.id = p_ticket AND NOT t.completed
    ON CONFLICT DO NOTHING
    RETURNING user_id INTO v_worker;
    IF v_worker IS NULL THEN RETURN false; END IF;
    PERFORM app.add_notification('reminder', p_ticket, v_worker, jsonb_build_object(
        'reminders', jsonb_build_array(jsonb_build_object('ticket', p_ticket, 'why', 'nudged'))));
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.nudge(integer) TO repair_bot;
