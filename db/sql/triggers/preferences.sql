CREATE TRIGGER check_preferences BEFORE INSERT OR UPDATE OF time_zone ON preferences
    FOR EACH ROW EXECUTE FUNCTION app.check_preferences();
CREATE TRIGGER follow_preferences AFTER INSERT OR UPDATE OR DELETE ON preferences
    FOR EACH ROW EXECUTE FUNCTION app.follow_preferences();
CREATE TRIGGER update_preferences_updated_at BEFORE UPDATE ON preferences
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
