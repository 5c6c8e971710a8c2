-- The e-mail of the active technician with the fewest open tickets, p_except apart; NULL if there is none. One choice at
-- a time: the lock holds to the end of the transaction, so call this before any row is locked where possible. Who is
-- being switched off or renamed at this moment is passed over, not waited for: a ticket's row may be locked by now.
CREATE FUNCTION app.least_busy_technician(p_except text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_email text;
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    PERFORM pg_advisory_xact_lock(hashtext('auto_assign_ticket'));
    FOR v_email IN
        SELECT u.email
          FROM user_permissions u
          LEFT JOIN (SELECT t.tech, count(*) AS n FROM tickets t WHERE NOT t.completed GROUP BY t.tech) w ON w.tech = u.email
         WHERE u.role = 'Technician' AND u.is_active AND u.email IS DISTINCT FROM p_except
         ORDER BY COALESCE(w.n, 0), random()
    LOOP
        IF app.try_hold_technician(v_email) THEN
            RETURN v_email;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION app.least_busy_technician(text) TO repair_bot;
