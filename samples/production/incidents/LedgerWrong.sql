-- What somebody earns counts twice.
CREATE TRIGGER again AFTER INSERT ON earnings_events FOR EACH ROW EXECUTE FUNCTION earnings_add();
INSERT INTO earnings_events (user_id, amount_cents) VALUES (1, 350);
