-- Those of one moment run by name: guard before check, which may put a reopened ticket into the queue.
CREATE TRIGGER a_guard_tickets BEFORE UPDATE ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.guard_ticket_change();
CREATE TRIGGER check_tickets_refs BEFORE INSERT OR UPDATE OF tech, customer_id, completed ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.check_ticket_refs();
CREATE TRIGGER keep_tickets_bench_status BEFORE INSERT OR UPDATE OF completed, bench_status ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.keep_bench_status();
CREATE TRIGGER stop_tickets_labour BEFORE UPDATE ON tickets
    FOR EACH ROW WHEN (NEW.tech <> OLD.tech OR (NEW.completed AND NOT OLD.completed)) EXECUTE FUNCTION app.stop_labour();
CREATE TRIGGER set_tickets_due_date BEFORE INSERT OR UPDATE ON tickets
    FOR EACH ROW EXECUTE FUNCTION app.set_due_date();
CREATE TRIGGER update_tickets_completed_at BEFORE INSERT OR UPDATE ON tickets
    FOR EACH ROW EXECUTE FUNCTION update_ticket_completed_at();
CREATE TRIGGER tickets_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON tickets
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket');
-- after keep_tickets_bench_status, which may say where the repair goes
CREATE TRIGGER wait_for_approval BEFORE UPDATE ON tickets
    FOR EACH ROW WHEN (NEW.bench_status <> OLD.bench_status) EXECUTE FUNCTION app.wait_for_approval();
-- after announce_tickets: the estimate is told before what follows from it
CREATE TRIGGER review_estimates AFTER INSERT ON tickets
    FOR EACH ROW WHEN (NEW.estimated_hours IS NOT NULL) EXECUTE FUNCTION app.review_estimate();
CREATE TRIGGER review_changed_estimates AFTER UPDATE ON tickets
    FOR EACH ROW WHEN (NEW.estimated_hours IS DISTINCT FROM OLD.estimated_hours OR NEW.customer_id <> OLD.customer_id
                       OR NEW.completed <> OLD.completed) EXECUTE FUNCTION app.review_estimate();
