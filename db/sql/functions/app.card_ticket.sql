-- Of which ticket the message is the card; NULL: of none.
CREATE FUNCTION app.card_ticket(p_channel text, p_ts text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.ticket_id FROM notifications n WHERE n.kind = 'card' AND n.ts = p_ts AND n.channel = p_channel
$$;
GRANT EXECUTE ON FUNCTION app.card_ticket(text, text) TO repair_bot;
