-- TG_ARGV[0]: resource_type, TG_ARGV[1]: the column that holds resource_id (default id), or, where it's no number, the metadata's key; from TG_ARGV[2] on: columns whose
-- values are not shown, only that they changed.
CREATE FUNCTION audit_trigger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_old jsonb; v_new jsonb; v_row jsonb; v_was jsonb; v_is jsonb; v_id jsonb;
    v_skip text[] := '{search,search_text,phone_digits,name_key,phone_key,email_key,priority_rank,device_key,tech_ref,version,due_by_default}';   -- generated, counted
    v_hidden text;
BEGIN
    IF TG_OP <> 'INSERT' THEN v_old := to_jsonb(OLD) - v_skip; END IF;
    IF TG_OP <> 'DELETE' THEN v_new := to_jsonb(NEW) - v_skip; END IF;
    v_row := COALESCE(v_new, v_old);
    v_id := v_row -> COALESCE(TG_ARGV[1], 'id');
    IF TG_OP = 'UPDATE' THEN                                                -- only what changed; nothing for a no-op
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, v_new -> o.key) INTO v_was, v_is
          FROM jsonb_each(v_old) o
         WHERE o.value IS DISTINCT FROM v_new -> o.key AND o.key NOT IN ('updated_at', 'last_login', 'slack_told_at', 'slack_time_zone');
        IF v_was IS NULL THEN RETURN NULL; END IF;
        v_old := v_was; v_new := v_is;
    END IF;
    FOREACH v_hidden IN ARRAY TG_ARGV[2:] LOOP
        IF v_old ->> v_hidden IS NOT NULL THEN v_old := jsonb_set(v_old, ARRAY[v_hidden], '"(not shown)"'); END IF;
        IF v_new ->> v_hidden IS NOT NULL THEN v_new := jsonb_set(v_new, ARRAY[v_hidden], '"(not shown)"'); END IF;
    END LOOP;
    INSERT INTO activity_log (user_id, action, resource_type, resource_id, metadata, ip_address, user_agent)
    VALUES (COALESCE(app.user_id(), 'system'), TG_OP, TG_ARGV[0], CASE WHEN jsonb_typeof(v_id) = 'number' THEN v_id::integer END,
            jsonb_build_object('table', TG_TABLE_NAME, 'old', v_old, 'new', v_new)
            || CASE WHEN jsonb_typeof(v_id) = 'string' THEN jsonb_build_object('key', v_id) ELSE '{}' END,
            app.client_ip(), app.user_agent());
    RETURN NULL;                                                            -- AFTER trigger
END $$;
