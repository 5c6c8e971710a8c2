CREATE VIEW slow_queries WITH (security_invoker = true) AS SELECT * FROM app.slow_queries(100);
GRANT SELECT ON slow_queries TO authenticated_users;
