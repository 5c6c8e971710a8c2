CREATE TRIGGER update_ticket_watchers_updated_at BEFORE UPDATE ON ticket_watchers
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
