INSERT INTO shop_settings (key, value) VALUES ('hourly_rate', '75'), ('approval_limit', '150'), ('activity_log_keep', '90 days'),
    ('labour_rounding_minutes', '6'), ('labour_ask_hours', '4');
