-- db.models.Approval, for whoever sees the ticket.
CREATE FUNCTION app.approval_document(p_approval integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', a.id,
        'ticket_id', a.ticket_id,
        'hours', a.hours,
        'amount', a.amount,
        'limit', a.spending_limit,
        'state', a.state,
        'requested_by', asked.display_name,
        'requested_at', a.requested_at,
        'decided_by', decider.display_name,
        'decided_at', a.decided_at,
        'asked_how', a.asked_how,
        'said', a.said)
      FROM approvals a
      JOIN tickets t ON t.id = a.ticket_id AND app.sees_ticket(t.tech, t.created_by, t.completed)
      LEFT JOIN user_permissions asked ON asked.id = a.requested_by
      LEFT JOIN user_permissions decider ON decider.id = a.decided_by
     WHERE a.id = p_approval
$$;
GRANT EXECUTE ON FUNCTION app.approval_document(integer) TO repair_bot;
