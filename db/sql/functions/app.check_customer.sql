-- Refuses what can't stand in a customer's columns by the constraint's name; looks at those that p_values has.
CREATE FUNCTION app.check_customer(p_values jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    FOR v IN
        SELECT x.key, x.value, c.longest, c.may_be_blank, c.name
          FROM jsonb_each_text(p_values - 'approval_limit') x
          LEFT JOIN (VALUES ('first_name', 255, false, 'customers_first_name_check'),
                            ('last_name',  255, false, 'customers_last_name_check'),
                            ('email',      255, false, 'customers_email_check'),
                            ('phone',      255, false, 'customers_phone_check'),
                            ('address1',   255, false, 'customers_address1_check'),
                            ('address2',   255, true,  'customers_address2_check'),
                            ('city',       255, false, 'customers_city_check'),
                            ('state',      255, false, 'customers_state_check'),
                            ('zip',         10, false, 'customers_zip_check'),
                            ('country',     10, false, 'customers_country_check'),
                            ('notes',    10000, true,  'customers_notes_check')) c (col, longest, may_be_blank, name) ON c.col = x.key
    LOOP
        IF v.name IS NULL THEN
            RAISE EXCEPTION 'customers have no column to edit: %', v.key USING ERRCODE = 'undefined_column';
        ELSIF NOT v.may_be_blank OR btrim(COALESCE(v.value, ''), E' \t\r\n') <> '' THEN
            PERFORM app.check_text(v.value, v.longest, v.name);
        END IF;
    END LOOP;
    IF (p_values ->> 'approval_limit')::numeric NOT BETWEEN 0 AND 1000000 THEN      -- the column's own refusal would show the whole row
        RAISE EXCEPTION 'no limit' USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_approval_limit_check';
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.check_customer(jsonb) TO repair_bot;
