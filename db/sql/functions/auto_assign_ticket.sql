-- Gives a queue ticket to the least busy technician and returns them; 'unassigned': nobody is available. One's own goes
-- to another technician, or stays where there is none; what somebody else has already, stays with them. From the queue,
-- technicians and front desk: tickets that they filed.
CREATE FUNCTION auto_assign_ticket(ticket_id integer) RETURNS varchar
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets; v_tech varchar(255);
BEGIN
    PERFORM app.require_role('Manager', 'Technician', 'Regular User');
    PERFORM pg_advisory_xact_lock(hashtext('auto_assign_ticket'));          -- before the row's
    t := app.lock_ticket(auto_assign_ticket.ticket_id);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', t.id);
    ELSIF t.tech NOT IN ('unassigned', app.user_email()) THEN
        RETURN t.tech;
    ELSIF app.user_role() = 'Technician' AND t.tech = 'unassigned' AND t.created_by IS DISTINCT FROM app.user_id() THEN
        PERFORM app.refuse_ticket('ticket_in_queue', t.id);
    END IF;
    v_tech := app.least_busy_technician(t.tech);
    IF v_tech IS NULL THEN RETURN 'unassigned'; END IF;
    UPDATE tickets x SET tech = v_tech WHERE x.id = t.id;
    RETURN v_tech;
END $$;
GRANT EXECUTE ON FUNCTION auto_assign_ticket(integer) TO authenticated_users;
