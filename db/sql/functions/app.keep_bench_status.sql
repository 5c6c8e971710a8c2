-- Keeps bench_status and completed in step, whichever of them is written: the web application writes only completed.
-- Who writes bench_status goes by app.bench_steps(), whoever it is; who reopens a ticket may say where it begins again.
CREATE FUNCTION app.keep_bench_status() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_done boolean := NEW.bench_status IN ('ready', 'collected', 'declined');
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.bench_status <> OLD.bench_status AND NOT (OLD.completed AND NOT NEW.completed)
       AND NEW.bench_status <> ALL (app.bench_steps(OLD.bench_status)) THEN
        PERFORM app.refuse_bench_step(OLD, NEW.bench_status);
    END IF;
    IF NEW.completed = v_done THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' AND NEW.completed OR TG_OP = 'UPDATE' AND NEW.bench_status = OLD.bench_status THEN
        NEW.bench_status = CASE WHEN NEW.completed THEN 'ready' WHEN NEW.tech = 'unassigned' THEN 'received' ELSE 'in_repair' END;
    ELSIF TG_OP = 'INSERT' OR NEW.completed = OLD.completed THEN
        NEW.completed = v_done;
    END IF;                                     -- both were written and contradict each other: the table refuses it
    RETURN NEW;
END $$;
