-- Notes that the asking person has just been shown their Home, as of now. Definer: the table is nobody's to read.
CREATE FUNCTION app.note_home_opened() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO home_openings (slack_user_id, shown_event)
    SELECT u.slack_user_id, (SELECT COALESCE(max(e.id), 0) FROM ticket_events e)
      FROM user_permissions u WHERE u.kinde_user_id = app.user_id() AND u.slack_user_id IS NOT NULL
    ON CONFLICT (slack_user_id) DO UPDATE SET opened_at = now(), published_at = now(), shown_event = EXCLUDED.shown_event
$$;
GRANT EXECUTE ON FUNCTION app.note_home_opened() TO repair_bot;
