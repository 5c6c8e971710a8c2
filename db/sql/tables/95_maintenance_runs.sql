-- Which weeks' maintenance has run: written in its transaction, so that it happens once, whoever else is awake.
CREATE TABLE app.maintenance_runs (
    due_on date PRIMARY KEY,                       -- the Sunday by the shop's clock
    ran_at timestamptz NOT NULL DEFAULT now(),
    result text NOT NULL
);
ALTER TABLE app.maintenance_runs ENABLE ROW LEVEL SECURITY;
