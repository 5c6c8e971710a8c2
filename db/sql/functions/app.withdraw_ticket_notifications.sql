-- A ticket was removed: what was not said yet is not said any more, and a card that stands is edited to say so.
CREATE FUNCTION app.withdraw_ticket_notifications(p_ticket_id integer, p_title text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE notifications n SET state = 'dropped', error = 'ticket removed', updated_at = now()
     WHERE n.ticket_id = p_ticket_id AND n.state = 'waiting' AND n.ts IS NULL AND n.uncertain_since IS NULL;
    IF EXISTS (SELECT FROM notifications n WHERE n.dedupe_key = 'card:' || p_ticket_id AND n.state <> 'dropped') THEN
        PERFORM app.add_notification('card', p_ticket_id, NULL, jsonb_build_object('title', p_title));
    END IF;
END $$;
