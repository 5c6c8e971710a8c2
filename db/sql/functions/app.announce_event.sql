-- Says what happened to a ticket in its card's thread and to who watches it, but for p_told, who hear of it by a message
-- of their own. What the whole channel should hear of is broadcast: completed, reopened, taken back, urgent.
-- p_event: {event, old, new} with what a whole channel may read; of a note {event, note}, its number.
CREATE FUNCTION app.announce_event(p_ticket_id integer, p_event jsonb, p_told integer[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.add_event_notification('thread', p_ticket_id, NULL, p_event,
                p_event ->> 'event' IN ('completed', 'reopened', 'undone')
                OR (p_event ->> 'event' = 'priority' AND p_event ->> 'new' = 'urgent'));
    PERFORM app.add_event_notification('watched', p_ticket_id, w.user_id, p_event)
       FROM (SELECT x.user_id FROM ticket_watchers x
              WHERE x.ticket_id = p_ticket_id AND x.watches AND x.user_id <> ALL (array_remove(p_told, NULL))
              ORDER BY x.user_id) w;
END $$;
