-- Until the end of the transaction nobody changes whether, or under which e-mail address, this person takes tickets
-- (app.hold_open_tickets, change_user_email). Called before the ticket's row is locked: those two hold the person
-- and wait for the person's tickets, so the other way round would be a ring. STABLE: sees what the caller's query sees.
CREATE FUNCTION app.hold_technician(p_email text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('technician'), u.id) FROM user_permissions u WHERE u.email = p_email;
END $$;
GRANT EXECUTE ON FUNCTION app.hold_technician(text) TO repair_bot;
