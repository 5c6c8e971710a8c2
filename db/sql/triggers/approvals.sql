CREATE TRIGGER approvals_audit_trigger AFTER INSERT OR UPDATE ON approvals
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id', 'said');
