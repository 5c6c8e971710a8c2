-- The figures that stood in the summary of a day, and the picture (chart) if it had one: the asker's own, or else the last one
-- that anybody got; NULL: there is none.
CREATE FUNCTION app.kept_summary(p_reader integer, p_day date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM app.require_role('Manager', 'Viewer');
    RETURN (
        SELECT n.facts -> 'figures' || '{"missed": []}' || jsonb_build_object('chart', n.facts -> 'chart') FROM notifications n
         WHERE n.kind = 'summary' AND n.facts ->> 'day' = to_char(p_day, 'YYYY-MM-DD') AND n.sent_at IS NOT NULL
           AND n.facts ? 'figures'
         ORDER BY (n.recipient_id = p_reader) DESC, n.sent_at DESC, n.id DESC LIMIT 1);
END $$;
GRANT EXECUTE ON FUNCTION app.kept_summary(integer, date) TO repair_bot;
