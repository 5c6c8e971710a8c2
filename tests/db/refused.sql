-- What each constraint refuses, in a shop with tickets 1 (open) and 2 (completed), both Tom Reed's: a statement and the
-- constraint's name. Read by test_constraints.py; one a line.
INSERT INTO app.access_requests (slack_user_id, name, email, obstacle, state, decided_by, decided_at) VALUES ('U0X', 'Sid', 'a@b.co', 'unknown', 'refused', 99, now()); -- access_requests_decided_by_fkey
INSERT INTO app.access_requests (slack_user_id, name, email, obstacle, state, decided_by, decided_at) VALUES ('U0X', 'Sid', 'a@b.co', 'unknown', 'open', NULL, now()); -- access_requests_decided_check
INSERT INTO app.access_requests (slack_user_id, name, email, obstacle, state, decided_by, decided_at) VALUES ('U0X', 'Sid', 'a@b', 'unknown', 'open', NULL, NULL); -- access_requests_email_check
INSERT INTO app.access_requests (slack_user_id, name, email, obstacle, state, decided_by, decided_at) VALUES ('U0X', 'Sid', 'a@b.co', 'none', 'open', NULL, NULL); -- access_requests_obstacle_check
INSERT INTO app.access_requests (slack_user_id, name, email, obstacle, state, decided_by, decided_at) VALUES ('U X', 'Sid', 'a@b.co', 'unknown', 'open', NULL, NULL); -- access_requests_slack_user_id_check
INSERT INTO app.access_requests (slack_user_id, name, email, obstacle) VALUES ('U0X', 'A', 'a@b.co', 'unknown'), ('U0X', 'B', 'b@b.co', 'unknown'); -- access_requests_slack_user_id_key
INSERT INTO app.access_requests (slack_user_id, name, email, obstacle, state, decided_by, decided_at) VALUES ('U0X', 'Sid', 'a@b.co', 'unknown', 'lost', NULL, now()); -- access_requests_state_check
INSERT INTO activity_log (user_id, action, resource_type) VALUES ('x', '', 'system'); -- activity_log_action_check
INSERT INTO activity_log (user_id, action, resource_type) VALUES ('x', 'X', 'planet'); -- activity_log_resource_type_check
UPDATE customers SET country = ' ' WHERE id = 1; -- customers_country_check
UPDATE customers SET email = '' WHERE id = 1; -- customers_email_check
UPDATE customers SET email = 'a@-x..com' WHERE id = 1; -- customers_email_check
UPDATE customers SET email = 'a b@x.com' WHERE id = 1; -- customers_email_check
UPDATE customers SET email = 'unassigned' WHERE id = 1; -- customers_email_check
UPDATE customers SET email = E'j\u00F6rg@example.com' WHERE id = 1; -- customers_email_check
UPDATE customers SET email = E'\u017Fam@x.com' WHERE id = 1; -- customers_email_check
UPDATE customers SET email = E'alex\u212A@example.com' WHERE id = 1; -- customers_email_check
UPDATE customers SET email = E'\u0130da@example.com' WHERE id = 1; -- customers_email_check
UPDATE customers SET email = ' OMAR.Diaz@Example.com' WHERE id = 1; -- customers_email_idx
UPDATE customers SET first_name = ' ' WHERE id = 1; -- customers_first_name_check
UPDATE customers SET last_name = '' WHERE id = 1; -- customers_last_name_check
UPDATE customers SET phone = 'none' WHERE id = 1; -- customers_phone_check
UPDATE customers SET zip = '1234' WHERE id = 1; -- customers_zip_check
UPDATE customers SET zip = ' 1234 ' WHERE id = 1; -- customers_zip_check
UPDATE customers SET country = 'CA', zip = '12' WHERE id = 1; -- customers_zip_check
UPDATE customers SET active = false WHERE id = (SELECT customer_id FROM tickets WHERE id = 1); -- customers_open_tickets
INSERT INTO notification_destinations (recipient_id, claimed_id) VALUES (91, 1), (92, 1); -- notification_destinations_claimed_id_key
INSERT INTO notifications (kind, recipient_id) VALUES ('card', 1); -- notifications_card_check
INSERT INTO notifications (kind, dedupe_key) VALUES ('card', 'x'), ('card', 'x'); -- notifications_dedupe_key_key
INSERT INTO notifications (kind, facts) VALUES ('card', '[]'); -- notifications_facts_check
INSERT INTO notifications (kind, recipient_id) VALUES ('gossip', 1); -- notifications_kind_check
INSERT INTO notifications (kind, ts) VALUES ('card', '1.0'); -- notifications_message_check
INSERT INTO notifications (kind, recipient_id) VALUES ('assigned', 99); -- notifications_recipient_id_fkey
INSERT INTO notifications (kind, recipient_id) VALUES ('access_requested', 1); -- notifications_request_check
INSERT INTO notifications (kind, recipient_id, request_id) VALUES ('access_requested', 1, 99); -- notifications_request_id_fkey
INSERT INTO notifications (kind, state) VALUES ('card', 'lost'); -- notifications_state_check
INSERT INTO preferences (user_id) VALUES (1), (1); -- preferences_pkey
INSERT INTO preferences (user_id, quiet_from) VALUES (1, '22:00'); -- preferences_quiet_check
INSERT INTO preferences (user_id, quiet_from, quiet_until) VALUES (1, '22:00', '22:00'); -- preferences_quiet_length_check
INSERT INTO preferences (user_id, time_zone) VALUES (1, ''); -- preferences_time_zone_check
INSERT INTO preferences (user_id, time_zone) VALUES (1, ' '); -- preferences_time_zone_check
INSERT INTO preferences (user_id, time_zone) VALUES (1, '+02:00'); -- preferences_time_zone_check
INSERT INTO preferences (user_id, time_zone) VALUES (1, 'Mars/Olympus'); -- preferences_time_zone_check
INSERT INTO preferences (user_id) VALUES (99); -- preferences_user_id_fkey
INSERT INTO app.request_keys (key, user_id) VALUES (' ', 'x'); -- request_keys_key_check
INSERT INTO app.request_keys (key, user_id) VALUES (repeat('x', 256), 'x'); -- request_keys_key_check
INSERT INTO app.request_keys (key, user_id) VALUES ('k', 'x'), ('k', 'y'); -- request_keys_pkey
INSERT INTO shop_holidays VALUES ('infinity', 'x'); -- shop_holidays_day_check
INSERT INTO shop_holidays VALUES ('2026-12-25', ' '); -- shop_holidays_name_check
INSERT INTO shop_holidays VALUES ('2026-12-25', 'x'), ('2026-12-25', 'y'); -- shop_holidays_pkey
INSERT INTO shop_hours VALUES (1, '09:00', '09:00'); -- shop_hours_closes_check
INSERT INTO shop_hours VALUES (1, '09:00', '18:00'), (1, '09:00', '18:00'); -- shop_hours_pkey
INSERT INTO shop_hours VALUES (1, '09:00', '24:00'); -- shop_hours_closes_check
INSERT INTO shop_hours VALUES (8, '09:00', '18:00'); -- shop_hours_weekday_check
UPDATE shop_settings SET value = '0' WHERE key = 'due_hours_high'; -- shop_settings_due_hours_high_check
UPDATE shop_settings SET value = 'soon' WHERE key = 'remind_silent'; -- shop_settings_remind_silent_check
UPDATE shop_settings SET value = '-1' WHERE key = 'remind_most'; -- shop_settings_remind_most_check
UPDATE shop_settings SET value = 'x' WHERE key = 'activity_log_keep'; -- shop_settings_activity_log_keep_check
UPDATE shop_settings SET value = '89 days' WHERE key = 'activity_log_keep'; -- shop_settings_activity_log_keep_check
UPDATE shop_settings SET value = '-3000 months 90090 days' WHERE key = 'activity_log_keep'; -- shop_settings_activity_log_keep_check
UPDATE shop_settings SET value = 'NaN' WHERE key = 'hourly_rate'; -- shop_settings_hourly_rate_check
UPDATE shop_settings SET value = '-5' WHERE key = 'hourly_rate'; -- shop_settings_hourly_rate_check
UPDATE shop_settings SET value = 'x' WHERE key = 'hourly_rate'; -- shop_settings_hourly_rate_check
UPDATE shop_settings SET value = '1e9' WHERE key = 'hourly_rate'; -- shop_settings_hourly_rate_check
INSERT INTO shop_settings VALUES ('Colour', 'blue'); -- shop_settings_key_check
INSERT INTO shop_settings VALUES ('hourly_rate', '80'); -- shop_settings_pkey
INSERT INTO shop_settings VALUES ('summary_time', '8 o''clock'); -- shop_settings_summary_time_check
INSERT INTO shop_settings VALUES ('summary_time', '25:00'); -- shop_settings_summary_time_check
INSERT INTO shop_settings VALUES ('time_zone', 'Mars/Olympus'); -- shop_settings_time_zone_check
INSERT INTO shop_settings VALUES ('time_zone', '+02:00'); -- shop_settings_time_zone_check
INSERT INTO shop_settings VALUES ('colour', ' '); -- shop_settings_value_check
INSERT INTO customer_contacts (customer_id, way, author) VALUES (1, 'called', 'kp_nobody'); -- customer_contacts_author_fkey
INSERT INTO customer_contacts (customer_id, way, body) VALUES (1, 'called', repeat('x', 10001)); -- customer_contacts_body_check
INSERT INTO customer_contacts (customer_id, way) VALUES (99, 'called'); -- customer_contacts_customer_id_fkey
INSERT INTO customer_contacts (customer_id, way, ticket_id) VALUES (1, 'called', 99); -- customer_contacts_ticket_id_fkey
INSERT INTO customer_contacts (customer_id, way, happened_at) VALUES (1, 'called', 'infinity'); -- customer_contacts_time_check
INSERT INTO customer_contacts (customer_id, way) VALUES (1, 'sang'); -- customer_contacts_way_check
INSERT INTO app.customer_merges (kept_id, merged_id, tickets, contacts, old, new) VALUES (99, 1, '{}', '{}', '{}', '{}'); -- customer_merges_kept_id_fkey
INSERT INTO app.customer_merges (kept_id, merged_id, tickets, contacts, old, new) VALUES (1, 99, '{}', '{}', '{}', '{}'); -- customer_merges_merged_id_fkey
INSERT INTO app.customer_merges (kept_id, merged_id, tickets, contacts, old, new, merged_by) VALUES (1, 2, '{}', '{}', '{}', '{}', 99); -- customer_merges_merged_by_fkey
INSERT INTO app.customer_merges (kept_id, merged_id, tickets, contacts, old, new) VALUES (1, 1, '{}', '{}', '{}', '{}'); -- customer_merges_two_check
INSERT INTO app.distinct_customers VALUES (99, 100); -- distinct_customers_first_id_fkey
INSERT INTO app.distinct_customers VALUES (1, 99); -- distinct_customers_second_id_fkey
INSERT INTO app.distinct_customers VALUES (2, 1); -- distinct_customers_order_check
INSERT INTO app.distinct_customers VALUES (1, 2), (1, 2); -- distinct_customers_pkey
UPDATE customers SET erased_at = now() WHERE id = 1; -- customers_erased_check
UPDATE customers SET merged_into = 2 WHERE id = 1; -- customers_merged_check
UPDATE customers SET active = false, merged_into = 99 WHERE id = 3; -- customers_merged_into_fkey
INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (1, 'a/b', 'a', 'x', 1, 'kp_tom.reed'); -- ticket_attachments_file_name_check
INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (1, ' ', 'a', 'x', 1, 'kp_tom.reed'); -- ticket_attachments_file_name_check
INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (1, 'a', '../etc/passwd', 'x', 1, 'kp_tom.reed'); -- ticket_attachments_file_path_check
INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (1, 'a', 'a', 'x', 0, 'kp_tom.reed'); -- ticket_attachments_file_size_check
INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (1, 'a', 'a', 'x', 52428801, 'kp_tom.reed'); -- ticket_attachments_file_size_check
INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (1, 'a', 'a', 'x', 1, 'kp_tom.reed'), (1, 'b', 'a', 'x', 1, 'kp_tom.reed'); -- ticket_attachments_path_key
INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (99, 'a', 'a', 'x', 1, 'kp_tom.reed'); -- ticket_attachments_ticket_id_fkey
INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (1, 'a', 'a', 'x', 1, 'kp_nobody'); -- ticket_attachments_uploaded_by_fkey
INSERT INTO ticket_events (ticket_id, kind) VALUES (1, 'eaten'); -- ticket_events_kind_check
INSERT INTO ticket_notes (ticket_id, body, author) VALUES (1, 'x', 'kp_nobody'); -- ticket_notes_author_fkey
INSERT INTO ticket_notes (ticket_id, body) VALUES (1, ' '); -- ticket_notes_body_check
INSERT INTO ticket_notes (ticket_id, body) VALUES (1, repeat('x', 10001)); -- ticket_notes_body_check
INSERT INTO ticket_notes (ticket_id, body, kind) VALUES (1, 'x', 'song'); -- ticket_notes_kind_check
INSERT INTO ticket_notes (ticket_id, body) VALUES (99, 'x'); -- ticket_notes_ticket_id_fkey
INSERT INTO ticket_notes (ticket_id, body, created_at) VALUES (1, 'x', 'infinity'); -- ticket_notes_time_check
INSERT INTO app.ticket_reminders (ticket_id, user_id, why, about) VALUES (1, 1, 'nudged', '2026-01-01'), (1, 1, 'nudged', '2026-01-01'); -- ticket_reminders_pkey
INSERT INTO app.ticket_reminders (ticket_id, user_id, why, about) VALUES (99, 1, 'nudged', now()); -- ticket_reminders_ticket_id_fkey
INSERT INTO app.ticket_reminders (ticket_id, user_id, why, about) VALUES (1, 99, 'nudged', now()); -- ticket_reminders_user_id_fkey
INSERT INTO app.ticket_reminders (ticket_id, user_id, why, about) VALUES (1, 1, 'bored', now()); -- ticket_reminders_why_check
INSERT INTO app.ticket_snoozes VALUES (1, 1, now()), (1, 1, now()); -- ticket_snoozes_pkey
INSERT INTO app.ticket_snoozes VALUES (99, 1, now()); -- ticket_snoozes_ticket_id_fkey
INSERT INTO app.ticket_snoozes VALUES (1, 99, now()); -- ticket_snoozes_user_id_fkey
INSERT INTO ticket_secrets VALUES (1, '1234'); -- ticket_secrets_device_passcode_check
INSERT INTO ticket_secrets VALUES (1, 'v1:x'), (1, 'v1:y'); -- ticket_secrets_pkey
INSERT INTO ticket_secrets VALUES (99, 'v1:x'); -- ticket_secrets_ticket_id_fkey
INSERT INTO approvals (ticket_id, hours, amount, spending_limit) VALUES (1, 2, 150, 150); -- approvals_amount_check
INSERT INTO approvals (ticket_id, hours, amount, spending_limit, decided_at) VALUES (1, 2, 150, 100, now()); -- approvals_decided_check
INSERT INTO approvals (ticket_id, hours, amount, spending_limit, state, decided_at, asked_how) VALUES (1, 2, 150, 100, 'approved', now(), 'pigeon'); -- approvals_asked_how_check
INSERT INTO approvals (ticket_id, hours, amount, spending_limit, state, decided_at, asked_how, said) VALUES (1, 2, 150, 100, 'approved', now(), 'phone', ' '); -- approvals_said_check
INSERT INTO approvals (ticket_id, hours, amount, spending_limit, state, decided_at) VALUES (1, 2, 150, 100, 'perhaps', now()); -- approvals_state_check
INSERT INTO approvals (ticket_id, hours, amount, spending_limit) VALUES (1, 2, 150, 100), (1, 3, 225, 100); -- approvals_open_idx
INSERT INTO approvals (ticket_id, hours, amount, spending_limit) VALUES (99, 2, 150, 100); -- approvals_ticket_id_fkey
INSERT INTO approvals (ticket_id, hours, amount, spending_limit, requested_by) VALUES (1, 2, 150, 100, 99); -- approvals_requested_by_fkey
INSERT INTO approvals (ticket_id, hours, amount, spending_limit, state, decided_at, decided_by) VALUES (1, 2, 150, 100, 'withdrawn', now(), 99); -- approvals_decided_by_fkey
UPDATE customers SET approval_limit = -1; -- customers_approval_limit_check
UPDATE shop_settings SET value = 'much' WHERE key = 'approval_limit'; -- shop_settings_approval_limit_check
INSERT INTO labour_entries (ticket_id, user_id, stopped_at, hours) VALUES (1, 1, '2000-01-01', 1); -- labour_entries_stopped_check
INSERT INTO labour_entries (ticket_id, user_id, stopped_at) VALUES (1, 1, now()); -- labour_entries_hours_check
INSERT INTO labour_entries (ticket_id, user_id) VALUES (1, 1), (2, 1); -- labour_entries_running_idx
INSERT INTO checklist_items (category, position, text) VALUES (' ', 1, 'x'); -- checklist_items_category_check
INSERT INTO checklist_items (position, text) VALUES (11, 'x'); -- checklist_items_position_check
INSERT INTO checklist_items (position, text) VALUES (1, ' '); -- checklist_items_text_check
INSERT INTO checklist_items (position, text) VALUES (1, 'x'), (2, 'x'); -- checklist_items_text_key
INSERT INTO ticket_checks VALUES (99, 1, 'x', true); -- ticket_checks_completion_id_fkey
WITH c AS (INSERT INTO ticket_completions (ticket_id, version, bench_status, timed) VALUES (1, 1, 'received', false) RETURNING id) INSERT INTO ticket_checks SELECT c.id, 1, 'x', true FROM c, generate_series(1, 2); -- ticket_checks_pkey
INSERT INTO ticket_completions (ticket_id, version, bench_status, timed) VALUES (99, 1, 'received', false); -- ticket_completions_ticket_id_fkey
INSERT INTO ticket_completions (ticket_id, user_id, version, bench_status, timed) VALUES (1, 99, 1, 'received', false); -- ticket_completions_user_id_fkey
INSERT INTO ticket_completions (ticket_id, note_id, version, bench_status, timed) VALUES (1, 99, 1, 'received', false); -- ticket_completions_note_id_fkey
INSERT INTO labour_entries (ticket_id, user_id) VALUES (99, 1); -- labour_entries_ticket_id_fkey
INSERT INTO labour_entries (ticket_id, user_id) VALUES (1, 99); -- labour_entries_user_id_fkey
INSERT INTO ticket_watchers VALUES (1, 1), (1, 1); -- ticket_watchers_pkey
INSERT INTO ticket_watchers VALUES (99, 1); -- ticket_watchers_ticket_id_fkey
INSERT INTO ticket_watchers VALUES (1, 99); -- ticket_watchers_user_id_fkey
UPDATE tickets SET actual_hours = 'NaN'; -- tickets_actual_hours_check
UPDATE tickets SET actual_hours = '-1'; -- tickets_actual_hours_check
UPDATE tickets SET actual_hours = '0'; -- tickets_actual_hours_check
INSERT INTO tickets (customer_id, title, description, bench_status) VALUES (1, 'x', 'x', 'sold'); -- tickets_bench_status_check
UPDATE tickets SET bench_status = 'collected' WHERE id = 1; -- bench_step_forbidden
UPDATE tickets SET completed = true, bench_status = 'in_repair' WHERE id = 1; -- tickets_bench_completed_check
UPDATE tickets SET category = ' '; -- tickets_category_check
UPDATE tickets SET completed_at = '1999-01-01' WHERE id = 2; -- tickets_completed_after_check
INSERT INTO tickets (customer_id, title, description, completed_at) VALUES (1, 'x', 'x', now()); -- tickets_completed_at_check
UPDATE tickets SET created_by = 'kp_nobody'; -- tickets_created_by_fkey
UPDATE tickets SET customer_id = 99 WHERE id = 1; -- tickets_customer_active
UPDATE tickets SET customer_id = 99 WHERE id = 2; -- tickets_customer_active
INSERT INTO tickets (customer_id, title, description, completed) VALUES (99, 'x', 'x', true); -- tickets_customer_id_fkey
DELETE FROM customers WHERE id = 1; -- tickets_customer_id_fkey
UPDATE tickets SET description = ''; -- tickets_description_check
UPDATE tickets SET device_accessories = ' '; -- tickets_device_accessories_check
UPDATE tickets SET device_condition = ' '; -- tickets_device_condition_check
UPDATE tickets SET device_model = ' '; -- tickets_device_model_check
UPDATE tickets SET device_serial = ' '; -- tickets_device_serial_check
UPDATE tickets SET device_type = ' '; -- tickets_device_type_check
UPDATE tickets SET due_at = 'infinity'; -- tickets_due_at_check
UPDATE tickets SET estimated_hours = 0; -- tickets_estimated_hours_check
UPDATE tickets SET priority = 'soon'; -- tickets_priority_check
UPDATE tickets SET tech = 'nobody' WHERE id = 1; -- tickets_tech_active
UPDATE tickets SET tech = 'rita.bell@shop.example' WHERE id = 1; -- tickets_tech_active
UPDATE tickets SET tech = 'nobody@shop.example' WHERE id = 2; -- tickets_tech_fk
UPDATE tickets SET created_at = 'infinity' WHERE id = 1; -- tickets_time_check
UPDATE tickets SET created_at = '0044-03-15 BC'; -- tickets_time_check
UPDATE tickets SET created_at = '20000-01-01', completed = true WHERE id = 1; -- tickets_time_check
UPDATE tickets SET title = '  '; -- tickets_title_check
ALTER TABLE user_permissions DISABLE TRIGGER ALL; UPDATE user_permissions SET display_name = ' ' WHERE id = 2; -- user_permissions_display_name_check
UPDATE user_permissions SET email = 'unassigned' WHERE id = 2; -- user_permissions_email_check
UPDATE user_permissions SET email = E'tom\u212A@x.com' WHERE id = 2; -- user_permissions_email_check
UPDATE user_permissions SET email = 'Ana.Lopez@shop.example ' WHERE id = 2; -- user_permissions_email_idx
UPDATE user_permissions SET kinde_user_id = 'system' WHERE id = 2; -- user_permissions_id_check
UPDATE user_permissions SET kinde_user_id = ' ' WHERE id = 2; -- user_permissions_id_check
UPDATE user_permissions SET kinde_user_id = 'kp_ana.lopez' WHERE id = 2; -- user_permissions_kinde_user_id_idx
UPDATE user_permissions SET is_active = false WHERE role = 'Manager'; -- user_permissions_last_manager
UPDATE user_permissions SET permissions = '{}' WHERE id = 2; -- user_permissions_permissions_check
UPDATE user_permissions SET role = 'Boss' WHERE id = 2; -- user_permissions_role_check
UPDATE user_permissions SET slack_state = 'x' WHERE id = 2; -- user_permissions_slack_state_check
UPDATE user_permissions SET slack_user_id = '' WHERE id = 2; -- user_permissions_slack_user_id_check
UPDATE user_permissions SET slack_user_id = 'U0ANALOPEZ' WHERE id = 2; -- user_permissions_slack_user_id_idx
INSERT INTO home_openings (slack_user_id) VALUES ('U1'), ('U1'); -- home_openings_pkey
INSERT INTO notification_destinations (recipient_id) VALUES (1), (1); -- notification_destinations_pkey
INSERT INTO app.maintenance_runs (due_on, result) VALUES ('2026-01-01', 'x'), ('2026-01-01', 'y'); -- maintenance_runs_pkey
INSERT INTO app.file_errands (errand) VALUES ('burn'); -- file_errands_errand_check
INSERT INTO app.file_errands (errand, state) VALUES ('remove', 'lost'); -- file_errands_state_check
INSERT INTO app.file_errands (errand, ticket_id, person_id) VALUES ('fetch', 1, 1); -- file_errands_parts_check
INSERT INTO app.file_errands (errand, ticket_id, person_id) VALUES ('send', 1, 1); -- file_errands_parts_check
INSERT INTO app.file_errands (errand, ticket_id) VALUES ('remove', 1); -- file_errands_parts_check
INSERT INTO app.file_errands (errand, person_id) VALUES ('report', 1); -- file_errands_parts_check
INSERT INTO app.file_errands (errand, person_id, month) VALUES ('report', 1, '2026-10-02'); -- file_errands_month_check
INSERT INTO app.file_errands (errand, person_id, month) VALUES ('report', 1, '2026-10-01'), ('report', 1, '2026-10-01'); -- file_errands_month_key
INSERT INTO app.file_errands (errand, ticket_id, person_id, slack_file_id) VALUES ('fetch', 99, 1, 'F'); -- file_errands_ticket_id_fkey
INSERT INTO app.file_errands (errand, ticket_id, person_id, slack_file_id) VALUES ('fetch', 1, 99, 'F'); -- file_errands_person_id_fkey
INSERT INTO app.file_errands (errand, ticket_id, person_id, attachment_id) VALUES ('send', 1, 1, 99); -- file_errands_attachment_id_fkey
INSERT INTO app.file_errands (errand, ticket_id, person_id, slack_file_id) VALUES ('fetch', 1, 1, 'F'), ('fetch', 1, 2, 'F'); -- file_errands_fetch_key
WITH a AS (INSERT INTO ticket_attachments (id, ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (7, 1, 'a', 'a', 'x', 1, 'kp_tom.reed')) INSERT INTO app.file_errands (errand, ticket_id, person_id, attachment_id) VALUES ('send', 1, 1, 7), ('send', 1, 1, 7); -- file_errands_send_key
INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by) VALUES (1, 'a', 'slack/1', 'x', 1, 'kp_tom.reed'), (2, 'b', 'slack/1', 'x', 1, 'kp_tom.reed'); -- ticket_attachments_kept_key
