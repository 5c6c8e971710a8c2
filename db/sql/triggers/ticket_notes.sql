CREATE TRIGGER ticket_notes_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON ticket_notes
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id');
