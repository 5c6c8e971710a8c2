-- Which of these names no row and no errand has: nobody will ever ask for them.
CREATE FUNCTION app.unknown_files(p_paths text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(array_agg(p.path ORDER BY p.path), '{}') FROM unnest(p_paths) p (path)
     WHERE NOT EXISTS (SELECT FROM ticket_attachments a WHERE a.file_path = p.path)
       AND NOT EXISTS (SELECT FROM app.file_errands e WHERE e.file_path = p.path AND e.state = 'waiting')
$$;
GRANT EXECUTE ON FUNCTION app.unknown_files(text[]) TO repair_bot;
