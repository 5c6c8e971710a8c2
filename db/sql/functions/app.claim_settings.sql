-- The first start writes the shop's time zone and summary time; afterwards the table rules. Returns what is stored.
CREATE FUNCTION app.claim_settings(p_time_zone text, p_summary_time text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO shop_settings (key, value) VALUES ('time_zone', p_time_zone), ('summary_time', p_summary_time)
    ON CONFLICT (key) DO NOTHING;
    RETURN jsonb_build_object('time_zone', app.setting('time_zone'), 'summary_time', app.setting('summary_time'));
END $$;
GRANT EXECUTE ON FUNCTION app.claim_settings(text, text) TO repair_bot;
