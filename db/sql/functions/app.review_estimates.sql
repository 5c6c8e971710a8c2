-- Another price or limit of the shop: what is being asked is asked anew, or not any more. What isn't asked stays so, since nobody
-- wants every ticket to stop on the day on which the shop's price rises.
CREATE FUNCTION app.review_estimates() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.review_approval(x.ticket_id)
       FROM (SELECT a.ticket_id FROM approvals a WHERE a.state = 'open' ORDER BY a.ticket_id) x;
    RETURN NULL;                                                            -- AFTER trigger
END $$;
