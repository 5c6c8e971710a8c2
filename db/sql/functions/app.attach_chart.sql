-- The picture of a day is in Slack (db.models.Chart), or there will be none (NULL): the summaries that wait for it go now.
-- Returns how many.
CREATE FUNCTION app.attach_chart(p_day date, p_chart jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_number integer;
BEGIN
    UPDATE notifications n SET facts = n.facts || jsonb_strip_nulls(jsonb_build_object('chart', p_chart)), due = now(), updated_at = now()
     WHERE n.kind = 'summary' AND n.facts ->> 'day' = to_char(p_day, 'YYYY-MM-DD') AND n.state = 'waiting' AND n.due > now()
       AND n.ts IS NULL AND n.uncertain_since IS NULL;
    GET DIAGNOSTICS v_number = ROW_COUNT;
    PERFORM pg_notify('notifications', '');    -- heard at commit
    RETURN v_number;
END $$;
GRANT EXECUTE ON FUNCTION app.attach_chart(date, jsonb) TO repair_bot;
