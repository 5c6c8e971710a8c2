CREATE TRIGGER ticket_attachments_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON ticket_attachments
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id');
CREATE TRIGGER announce_ticket_attachments AFTER INSERT OR DELETE ON ticket_attachments
    FOR EACH ROW EXECUTE FUNCTION app.announce_attachment();
