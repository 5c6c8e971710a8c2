CREATE TRIGGER ticket_attachments_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON ticket_attachments
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id');
