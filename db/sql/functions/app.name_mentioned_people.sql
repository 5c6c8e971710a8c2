-- A note that mentions people by their Slack ids, as Slack's own mentions do, is kept with their names.
CREATE FUNCTION app.name_mentioned_people() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_person record;
    v_body   text := NEW.body;
BEGIN
    IF v_body !~ '@[UW][A-Z0-9]{5}' THEN RETURN NEW; END IF;
    FOR v_person IN
        SELECT DISTINCT u.slack_user_id, u.display_name
          FROM regexp_matches(v_body, '@([UW][A-Z0-9]{5,})', 'g') m JOIN user_permissions u ON u.slack_user_id = m[1]
    LOOP
        v_body := regexp_replace(v_body, '(?<!<)@' || v_person.slack_user_id || '(?![A-Za-z0-9])',
                                 '@' || replace(v_person.display_name, '\', '\\'), 'g');
    END LOOP;
    IF length(v_body) <= 10000 THEN NEW.body := v_body; END IF;
    RETURN NEW;
END $$;
