-- Why a repair can't go there from where it is, and where it can.
CREATE FUNCTION app.refuse_bench_step(p_ticket tickets, p_status text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.refuse('bench_step_forbidden',
                       format('a repair can''t go from %s to %s', p_ticket.bench_status, p_status),
                       jsonb_build_object('ticket', p_ticket.id, 'now', p_ticket.bench_status, 'wanted', p_status,
                                          'steps', to_jsonb(app.bench_steps(p_ticket.bench_status))),
                       'object_not_in_prerequisite_state');
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_bench_step(tickets, text) TO authenticated_users, repair_web;
