-- Whether a ticket's estimate needs its customer's word, as things are now: asks for that, asks anew where the terms are others by
-- now, and withdraws what isn't needed any more. The repair waits or goes on accordingly. What the customer has agreed to covers
-- whatever costs no more.
CREATE FUNCTION app.review_approval(p_ticket integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  integer := (SELECT u.id FROM user_permissions u WHERE u.kinde_user_id = app.user_id());
    v_needed boolean;
    n approvals;                     -- what would be asked now
    a approvals;                     -- what is asked
    t tickets;
BEGIN
    SELECT * INTO t FROM tickets x WHERE x.id = p_ticket FOR NO KEY UPDATE;
    SELECT * INTO a FROM approvals x WHERE x.ticket_id = p_ticket AND x.state = 'open';
    n.customer_id := t.customer_id;
    n.hours := t.estimated_hours;
    n.amount := app.estimated_cost(t.estimated_hours);
    n.spending_limit := app.spending_limit((SELECT c.approval_limit FROM customers c WHERE c.id = t.customer_id));
    v_needed := COALESCE(n.amount > n.spending_limit, false) AND NOT t.completed AND NOT COALESCE((
        SELECT x.state = 'approved' AND x.amount >= n.amount
               AND app.is_one_person(x.customer_id, n.customer_id)                 -- nobody agrees for another
          FROM approvals x WHERE x.ticket_id = p_ticket AND x.state IN ('approved', 'declined')
         ORDER BY x.id DESC LIMIT 1), false);
    IF v_needed AND (a.hours, a.amount, a.spending_limit) = (n.hours, n.amount, n.spending_limit)
       AND app.is_one_person(a.customer_id, n.customer_id) THEN RETURN; END IF;

    PERFORM app.settle_approval(a.id, 'withdrawn', v_actor);
    IF v_needed THEN
        INSERT INTO approvals (ticket_id, customer_id, hours, amount, spending_limit, requested_by)
        VALUES (p_ticket, n.customer_id, n.hours, n.amount, n.spending_limit, CASE WHEN a.hours = n.hours THEN a.requested_by ELSE v_actor END);
        UPDATE tickets SET bench_status = 'waiting_approval'
         WHERE id = p_ticket AND 'waiting_approval' = ANY (app.bench_steps(bench_status));
        PERFORM app.announce_approvals();
    ELSIF a.id IS NOT NULL THEN
        PERFORM app.resume_repair(p_ticket);
    END IF;
END $$;
