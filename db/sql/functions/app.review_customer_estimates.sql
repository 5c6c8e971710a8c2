-- A customer lets the shop spend more or less than before: that counts for each of their open tickets.
CREATE FUNCTION app.review_customer_estimates() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.review_approval(x.id)
       FROM (SELECT t.id FROM tickets t
              WHERE t.customer_id = NEW.id AND NOT t.completed AND t.estimated_hours IS NOT NULL ORDER BY t.id) x;
    RETURN NULL;                                                            -- AFTER trigger
END $$;
