CREATE TRIGGER ticket_notes_audit_trigger AFTER INSERT OR UPDATE OR DELETE ON ticket_notes
    FOR EACH ROW EXECUTE FUNCTION audit_trigger('ticket', 'ticket_id');
CREATE TRIGGER announce_ticket_notes AFTER INSERT ON ticket_notes
    FOR EACH ROW EXECUTE FUNCTION app.announce_note();
CREATE TRIGGER name_mentioned_people BEFORE INSERT ON ticket_notes
    FOR EACH ROW EXECUTE FUNCTION app.name_mentioned_people();
