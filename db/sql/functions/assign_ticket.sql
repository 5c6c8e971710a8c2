-- Gives a ticket to a technician by e-mail, or 'unassigned': Managers any, technicians take from the queue or hand over
-- their own. A definer function: after handing over one may not see the ticket any more.
CREATE FUNCTION assign_ticket(ticket_id integer, technician text) RETURNS varchar
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE t tickets; v_tech varchar(255) := lower(btrim(technician));
BEGIN
    PERFORM app.require_role('Manager', 'Technician');
    PERFORM app.hold_technician(v_tech);
    t := app.lock_ticket(assign_ticket.ticket_id);
    IF t.completed THEN
        PERFORM app.refuse_ticket('ticket_completed', t.id);
    ELSIF app.user_role() = 'Technician' AND t.tech = 'unassigned' AND v_tech IS DISTINCT FROM app.user_email() THEN
        PERFORM app.refuse_ticket('ticket_in_queue', t.id);
    ELSIF app.user_role() = 'Technician' AND t.tech NOT IN ('unassigned', app.user_email()) THEN
        PERFORM app.refuse_ticket('ticket_not_yours', t.id, t.tech);
    END IF;
    IF v_tech IS NULL THEN                         -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'nobody to assign to' USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_tech_active';
    END IF;
    UPDATE tickets x SET tech = v_tech WHERE x.id = t.id AND x.tech IS DISTINCT FROM v_tech;
    RETURN v_tech;
END $$;
GRANT EXECUTE ON FUNCTION assign_ticket(integer, text) TO authenticated_users;
