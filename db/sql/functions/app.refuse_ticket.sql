-- Why this ticket can't be changed: by constraint name, with the number and, where given, who works on it.
CREATE FUNCTION app.refuse_ticket(p_name text, p_ticket integer, p_tech text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.refuse(p_name,
        CASE p_name WHEN 'ticket_not_found' THEN format('there is no ticket %s that you may see', p_ticket)
                    WHEN 'ticket_completed' THEN format('ticket %s is completed', p_ticket)
                    WHEN 'ticket_open'      THEN format('ticket %s is open', p_ticket)
                    WHEN 'ticket_in_queue'  THEN format('ticket %s is in the queue', p_ticket)
                    WHEN 'ticket_taken'     THEN format('ticket %s has a technician', p_ticket)
                    WHEN 'ticket_not_yours' THEN format('ticket %s is somebody else''s', p_ticket) END,
        jsonb_build_object('ticket', p_ticket)
        || CASE WHEN p_tech IS NULL THEN '{}' ELSE jsonb_build_object('worker', app.worker_name(p_tech)) END
        || CASE WHEN p_name = 'ticket_taken' THEN jsonb_build_object('by_you', p_tech = app.user_email()) ELSE '{}' END,
        CASE p_name WHEN 'ticket_not_found' THEN 'no_data_found'
                    WHEN 'ticket_not_yours' THEN 'insufficient_privilege'
                    ELSE 'object_not_in_prerequisite_state' END);
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_ticket(text, integer, text) TO repair_bot;
