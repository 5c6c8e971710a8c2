-- Settings that others compute with must be what they say they are. The audit trail is kept 90 days at least, counted
-- back from now: an interval like '-3000 mons 90090 days' is 90 days in a comparison, and in the future in reality.
CREATE FUNCTION app.check_setting() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE v_ok boolean;
BEGIN
    BEGIN
        v_ok := CASE NEW.key
            WHEN 'hourly_rate'       THEN NEW.value::numeric >= 0 AND NEW.value::numeric <= 1000000
            WHEN 'approval_limit'    THEN NEW.value = 'off' OR NEW.value::numeric BETWEEN 0 AND 1000000
            WHEN 'activity_log_keep' THEN now() - NEW.value::interval <= now() - interval '90 days'
            WHEN 'labour_rounding_minutes' THEN NEW.value::integer BETWEEN 1 AND 60
            WHEN 'labour_ask_hours'        THEN NEW.value::numeric BETWEEN 0.5 AND 24
            WHEN 'time_zone'         THEN app.is_time_zone(NEW.value)
            WHEN 'summary_time'      THEN NEW.value::time IS NOT NULL
            WHEN 'remind_most'       THEN NEW.value::integer BETWEEN 0 AND 100
            ELSE NEW.key !~ '^(due_hours|remind)_' OR NEW.value = 'off'              -- hours in which the shop is open
                 OR (NEW.value::numeric > 0 AND NEW.value::numeric <= 1000) END;
    EXCEPTION WHEN data_exception THEN
        v_ok := false;
    END;
    IF NOT v_ok THEN
        RAISE EXCEPTION 'setting %: % is not possible', NEW.key, quote_literal(NEW.value)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shop_settings_' || NEW.key || '_check', TABLE = 'shop_settings';
    END IF;
    RETURN NEW;
END $$;
