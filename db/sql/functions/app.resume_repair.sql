-- A ticket that waited for its customer's word need not wait any longer.
CREATE FUNCTION app.resume_repair(p_ticket integer) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    UPDATE tickets SET bench_status = CASE tech WHEN 'unassigned' THEN 'diagnosing' ELSE 'in_repair' END
     WHERE id = p_ticket AND bench_status = 'waiting_approval'
$$;
