CREATE VIEW server_settings_check WITH (security_invoker = true) AS SELECT * FROM app.server_settings();
GRANT SELECT ON server_settings_check TO authenticated_users;
