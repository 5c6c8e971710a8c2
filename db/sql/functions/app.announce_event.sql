-- Says what happened to a ticket in its card's thread. What the whole channel should hear of is broadcast: completed,
-- reopened, urgent. p_event: {event, old, new}, with what a whole channel may read.
CREATE FUNCTION app.announce_event(p_ticket_id integer, p_event jsonb) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT app.add_event_notification('thread', p_ticket_id, NULL, p_event,
               p_event ->> 'event' IN ('completed', 'reopened')
               OR (p_event ->> 'event' = 'priority' AND p_event ->> 'new' = 'urgent'))
$$;
