-- Tells every process that keeps answers (db/caches.py) which row changed, as 'table:id', at commit. The arguments are pairs of
-- a table and the column that names its row: a ticket shows in its customer's profile, so its change is that customer's, too.
-- Without arguments, where a row shows in many answers, and after a hundred rows of one transaction: 'all', once, and nothing more.
CREATE FUNCTION app.tell_caches() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_told integer := COALESCE(NULLIF(current_setting('app.told_caches', true), '')::integer, 0);
    v_rows jsonb[];
BEGIN
    IF v_told > 100 THEN RETURN NULL; END IF;
    IF TG_NARGS = 0 THEN v_told := 100; END IF;
    PERFORM set_config('app.told_caches', (v_told + 1)::text, true);
    IF v_told = 100 THEN
        PERFORM pg_notify('row_changes', 'all');
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN v_rows := v_rows || to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN v_rows := v_rows || to_jsonb(NEW); END IF;
    FOR i IN 0 .. TG_NARGS / 2 - 1 LOOP
        PERFORM pg_notify('row_changes', TG_ARGV[2 * i] || ':' || x.id)
           FROM (SELECT DISTINCT r ->> TG_ARGV[2 * i + 1] AS id FROM unnest(v_rows) r) x WHERE x.id IS NOT NULL;
    END LOOP;
    RETURN NULL;                                                            -- AFTER trigger
END $$;
