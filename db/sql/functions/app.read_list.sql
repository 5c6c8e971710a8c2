-- db.models.TicketList: newest first, narrowed by what is not NULL. p_status: as app.pick_tickets(). p_worker:
-- 'me', 'nobody', or whom app.find_colleague() finds. p_serial: a device's serial number, however it is written. p_due: 'overdue', 'today' or
-- 'week', seven days of the shop from today on. A merged customer's tickets are those of who stays (led_to). The cursor is the edge of the page before.
CREATE FUNCTION app.read_list(p_team text, p_user text, p_roles text[], p_source text,
                              p_status text, p_worker text, p_priority text, p_category text, p_customer integer, p_words text,
                              p_created_at timestamptz, p_id integer, p_backwards boolean, p_serial text DEFAULT NULL,
                              p_due text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    v_actor  jsonb   := app.set_slack_session(p_team, p_user, p_roles, p_source);
    v_back   boolean := COALESCE(p_backwards, false);
    v_tech   text    := CASE WHEN p_worker = 'me' THEN app.user_email()
                             WHEN p_worker = 'nobody' THEN 'unassigned'
                             WHEN p_worker IS NOT NULL THEN (SELECT f.email FROM app.find_colleague(p_worker) f) END;
    v_query  tsquery := app.words_query(p_words);
    v_device text    := COALESCE(app.serial_key(p_serial), CASE WHEN p_serial IS NOT NULL THEN '' END);
    v_today  timestamp := app.shop_today();
    v_zone   text    := app.shop_time_zone();
    v_due    tstzrange := CASE p_due WHEN 'overdue' THEN tstzrange(NULL, now())
                                     WHEN 'today'   THEN tstzrange(v_today AT TIME ZONE v_zone, (v_today + interval '1 day') AT TIME ZONE v_zone)
                                     WHEN 'week'    THEN tstzrange(v_today AT TIME ZONE v_zone, (v_today + interval '7 days') AT TIME ZONE v_zone) END;
    v_stays  integer := app.customer_who_stays(p_customer);
    v_found  integer[];                        -- eleven, to know whether there are more than ten
    v_ahead  boolean;
    v_behind boolean;
BEGIN
    v_found := ARRAY(SELECT app.pick_tickets(11, v_query, p_status, v_tech, p_priority, p_category, v_stays, p_created_at, p_id, v_back,
                                             v_device, v_due));
    v_ahead := cardinality(v_found) > 10;
    v_behind := p_id IS NOT NULL AND EXISTS (  -- the other way, the edge itself included
        SELECT app.pick_tickets(1, v_query, p_status, v_tech, p_priority, p_category, v_stays, p_created_at,
                                p_id::bigint + CASE WHEN v_back THEN 1 ELSE -1 END, NOT v_back, v_device, v_due));
    RETURN jsonb_build_object(
        'actor', v_actor,
        'tickets', app.lines_in_order(ARRAY(SELECT f.id FROM unnest(v_found[1:10]) WITH ORDINALITY f (id, n)
                                             ORDER BY CASE WHEN v_back THEN -f.n ELSE f.n END)),
        'led_to', NULLIF(v_stays, p_customer),
        'has_next', CASE WHEN v_back THEN v_behind ELSE v_ahead END,
        'has_previous', CASE WHEN v_back THEN v_ahead ELSE v_behind END);
END $$;
GRANT EXECUTE ON FUNCTION app.read_list(text, text, text[], text, text, text, text, text, integer, text, timestamptz, integer, boolean, text, text)
    TO repair_bot;
