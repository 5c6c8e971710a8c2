-- Removes what 0001_core.sql made, by name, but for the cluster's roles.
SET LOCAL search_path = public;
SET LOCAL ROLE repair_owner;
DROP VIEW unused_indexes;
DROP VIEW technician_performance;
DROP VIEW storage_analytics;
DROP VIEW slow_queries;
DROP VIEW server_settings_check;
DROP VIEW monthly_performance;
DROP VIEW maintenance_statements;
DROP VIEW index_usage;
DROP VIEW customer_summary_live;
DROP VIEW customer_summary;
DROP VIEW customer_lifetime_value;
DROP VIEW connection_metrics;
DROP VIEW staff_directory;
DROP VIEW customer_names;
DROP MATERIALIZED VIEW customer_ticket_stats;
-- these take or return a table's row
DROP FUNCTION
    app.actor_document,
    app.card_document,
    app.changed_fields,
    app.day_figures,
    app.day_report,
    app.flow,
    app.is_visible_to,
    app.live_reminders,
    app.lock_ticket,
    app.may_be_told,
    app.notification_document,
    app.notification_obstacle,
    app.open_session,
    app.quiet_until;
DROP TABLE shop_settings, user_permissions, customers, tickets, ticket_attachments, ticket_notes, ticket_secrets,
    ticket_events, preferences, activity_log, app.request_keys, notifications, notification_destinations, home_openings,
    app.access_requests, app.maintenance_runs, ticket_watchers, app.ticket_reminders, app.ticket_snoozes, customer_contacts;
DROP FUNCTION
    app.accept_ticket,
    app.access_document,
    app.add_contact,
    app.add_customer,
    app.add_event_notification,
    app.add_note,
    app.add_notification,
    app.announce_access,
    app.announce_assignment,
    app.announce_event,
    app.announce_note,
    app.announce_person,
    app.announce_ticket,
    app.assign_ticket,
    app.begin_request,
    app.bury_notification,
    app.changed_since,
    app.check_customer,
    app.check_hours,
    app.check_preferences,
    app.check_setting,
    app.check_text,
    app.check_ticket_refs,
    app.claim_notifications,
    app.claim_settings,
    app.claim_stale_homes,
    app.claim_workspace,
    app.client_ip,
    app.complete_ticket,
    app.confirm_notification,
    app.connection_metrics,
    app.contact_documents,
    app.count_linked_managers,
    app.count_passcodes,
    app.count_undelivered,
    app.customer_document,
    app.customer_name,
    app.customer_options,
    app.customer_ticket_counts,
    app.database_figures,
    app.deactivate_customer,
    app.decide_access,
    app.decrypt,
    app.destination_name,
    app.edit_customer,
    app.edit_ticket,
    app.end_request,
    app.figures,
    app.file_ticket,
    app.fill_display_name,
    app.find_colleague,
    app.find_customers,
    app.finish_notification,
    app.follow_access,
    app.follow_preferences,
    app.forget_home,
    app.free_destination,
    app.grant_access,
    app.guard_ticket_change,
    app.has_passcode,
    app.hold_open_tickets,
    app.hold_technician,
    app.is_accepted,
    app.is_sealed_with,
    app.is_time_zone,
    app.keep_bench_status,
    app.keep_house,
    app.keep_last_manager,
    app.keep_open_tickets_customer,
    app.kinds_told,
    app.least_busy_technician,
    app.like_pattern,
    app.lines_in_order,
    app.link_slack_user,
    app.list_notifications,
    app.maintenance_sunday,
    app.may_work,
    app.mentioned_people,
    app.missed_mentions,
    app.name_mentioned_people,
    app.next_notification_due,
    app.normalize_email,
    app.nudge,
    app.note_home_opened,
    app.notify_managers_of_return,
    app.person_name,
    app.pick_tickets,
    app.postpone_notification,
    app.preferences_document,
    app.prefix_tsquery,
    app.put_passcode,
    app.quiet_end,
    app.reactivate_customer,
    app.read_actor,
    app.read_customer,
    app.read_database,
    app.read_edit_form,
    app.read_history,
    app.read_home,
    app.read_list,
    app.read_my_tickets,
    app.read_outbox,
    app.read_panel,
    app.read_queue,
    app.read_settings,
    app.read_summary,
    app.read_team,
    app.read_ticket,
    app.read_ticket_form,
    app.read_undelivered,
    app.reconsider_notifications,
    app.record_acceptance,
    app.record_ticket_events,
    app.refresh_homes,
    app.refresh_recent_messages,
    app.refresh_slack_user,
    app.refuse,
    app.refuse_customer,
    app.refuse_missed_ticket,
    app.refuse_taken_email,
    app.refuse_ticket,
    app.release_ticket,
    app.renew_access,
    app.reopen_ticket,
    app.repost_card,
    app.request_access,
    app.require_role,
    app.retry_notification,
    app.return_open_tickets,
    app.reveal_passcode,
    app.revise_notification,
    app.revive_notifications,
    app.rotate_passcodes,
    app.run_due_maintenance,
    app.save_settings,
    app.schedule_summaries,
    app.seal,
    app.search,
    app.security_self_check,
    app.sees_ticket,
    app.server_settings,
    app.set_service_session,
    app.set_session,
    app.set_slack_session,
    app.setting,
    app.settle_access,
    app.shop_time_zone,
    app.shop_today,
    app.show_passcode,
    app.slow_queries,
    app.spoken_value,
    app.suggest_customers,
    app.take_ticket,
    app.tech_email,
    app.technicians,
    app.tell_caches,
    app.tell_person,
    app.ticket_document,
    app.ticket_lines,
    app.ticket_trail,
    app.try_hold_technician,
    app.undelivered_document,
    app.use_encryption_keys,
    app.user_agent,
    app.user_email,
    app.user_id,
    app.user_role,
    app.watch_ticket,
    app.withdraw_ticket_notifications,
    app.words_query,
    app.worker_email,
    app.worker_name,
    app.worker_slack_user_id,
    assign_ticket,
    audit_trigger,
    auto_assign_ticket,
    change_user_email,
    create_activity_log_partition,
    daily_summary,
    deactivate_customer,
    decrypt_sensitive_data,
    drop_old_activity_log_partitions,
    encrypt_sensitive_data,
    ensure_activity_log_partitions,
    log_activity,
    perform_maintenance,
    reactivate_customer,
    refresh_customer_stats,
    search_customers,
    search_tickets,
    test.create_test_customer,
    test.test_query_performance,
    update_ticket_completed_at,
    update_updated_at_column;
DROP SCHEMA test;
DROP SCHEMA app;
ALTER DEFAULT PRIVILEGES FOR ROLE repair_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
RESET ROLE;

REVOKE USAGE ON SCHEMA public FROM authenticated_users;
REVOKE USAGE, CREATE ON SCHEMA public FROM repair_owner;
DO $$
DECLARE v_extension text;
BEGIN
    EXECUTE format('REVOKE CREATE ON DATABASE %I FROM repair_owner', current_database());
    EXECUTE format('ALTER DATABASE %I RESET log_parameter_max_length_on_error', current_database());
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('ALTER DATABASE %I RESET log_min_duration_statement', current_database());
        EXECUTE format('ALTER DATABASE %I RESET log_parameter_max_length', current_database());
    END IF;
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
        PERFORM cron.unschedule(j.jobid) FROM cron.job j
          WHERE j.jobname IN ('database-maintenance', 'database-vacuum-customers', 'database-vacuum-tickets', 'customer-stats')
            AND j.database = current_database();
    END IF;
    FOREACH v_extension IN ARRAY '{pgcrypto,pg_trgm,pg_stat_statements}'::text[] LOOP
        BEGIN
            EXECUTE format('DROP EXTENSION IF EXISTS %I', v_extension);
        EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
            RAISE NOTICE 'extension % stays: %', v_extension, SQLERRM;   -- somebody else uses it
        END;
    END LOOP;
END $$;
RESET search_path;
