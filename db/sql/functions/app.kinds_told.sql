-- The kinds of notification that somebody of this role may get and need not want, in the order in which people read them.
-- Requests for access and for approval are not among them, nor their answers: somebody waits for them. Nor is the question about
-- a timer, whose hours would be wrong, nor that one's own file wasn't kept, which is told nowhere else.
CREATE FUNCTION app.kinds_told(p_role text) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_role IN ('Manager', 'Technician') THEN '{assigned,unassigned,reminder}'::text[] ELSE '{}' END
        || CASE WHEN p_role <> 'Viewer' THEN '{completed,reopened}'::text[] ELSE '{}' END
        || '{watched,mentioned}'::text[]
        || CASE WHEN p_role = 'Manager' THEN '{returned_to_queue,undeliverable,summary}'::text[] ELSE '{}' END
$$;
GRANT EXECUTE ON FUNCTION app.kinds_told(text) TO repair_bot;
