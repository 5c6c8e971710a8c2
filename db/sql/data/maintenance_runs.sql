-- A new database needs no maintenance before the next Sunday.
INSERT INTO app.maintenance_runs (due_on, result)
SELECT d.today - extract(dow FROM d.today)::integer, 'The schema was made.' FROM (SELECT (now() AT TIME ZONE 'UTC')::date) d (today);
