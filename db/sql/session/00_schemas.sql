ALTER DEFAULT PRIVILEGES FOR ROLE repair_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE SCHEMA app;                                 -- what the bot calls, and helpers
CREATE SCHEMA test;                                -- test helpers: granted to nobody
GRANT USAGE ON SCHEMA app TO authenticated_users;
