CREATE VIEW connection_metrics WITH (security_invoker = true) AS SELECT * FROM app.connection_metrics();
GRANT SELECT ON connection_metrics TO authenticated_users;
