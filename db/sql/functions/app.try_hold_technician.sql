-- As app.hold_technician(), but doesn't wait, so that it may be called with a ticket's row locked: whether this person
-- takes tickets, and will until the end of the transaction. False also for who is being switched off or renamed now.
CREATE FUNCTION app.try_hold_technician(p_email text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM user_permissions u
      WHERE u.email = p_email AND pg_try_advisory_xact_lock_shared(hashtext('technician'), u.id);
    RETURN FOUND AND EXISTS (SELECT FROM user_permissions u WHERE u.email = p_email AND app.may_work(u.role, u.is_active));
END $$;
