CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
EXCEPTION WHEN OTHERS THEN                         -- not a trusted extension, and not every server has it
    RAISE NOTICE 'pg_stat_statements not created (%): slow_queries stays empty', SQLERRM;
END $$;
