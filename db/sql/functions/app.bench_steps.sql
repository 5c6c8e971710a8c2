-- Where a repair may go from here, the likeliest first. Completing ('ready') is possible from wherever it is open: the web
-- application and /ticket done do so. What is done comes back by reopening alone, which is not a step.
CREATE FUNCTION app.bench_steps(p_from text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE p_from
        WHEN 'received'         THEN '{diagnosing,in_repair,waiting_approval,waiting_parts,ready,declined}'
        WHEN 'diagnosing'       THEN '{in_repair,waiting_approval,waiting_parts,ready,declined}'
        WHEN 'waiting_approval' THEN '{in_repair,waiting_parts,diagnosing,ready,declined}'
        WHEN 'waiting_parts'    THEN '{in_repair,waiting_approval,diagnosing,ready,declined}'
        WHEN 'in_repair'        THEN '{quality_check,waiting_parts,waiting_approval,diagnosing,ready,declined}'
        WHEN 'quality_check'    THEN '{ready,in_repair}'
        WHEN 'ready'            THEN '{collected}'
        WHEN 'declined'         THEN '{collected}'                   -- the machine goes back unrepaired
        ELSE '{}' END::text[];
GRANT EXECUTE ON FUNCTION app.bench_steps(text) TO authenticated_users, repair_web;
