CREATE TABLE ai_consent (
  user_id int PRIMARY KEY,
  frequency_cap int NOT NULL
);
CREATE TABLE notifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id int NOT NULL,
  title text NOT NULL,
  idempotency_key text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);
-- What the user got.
CREATE TABLE deliveries (
  user_id int NOT NULL,
  channel text NOT NULL,
  title text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION deliver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deliveries (user_id, channel, title) VALUES (NEW.user_id, TG_ARGV[0], NEW.title);
  RETURN NULL;
END $$;
CREATE TRIGGER by_email AFTER INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION deliver('email');
-- Not yet: the provider's contract is not signed.
CREATE TRIGGER by_sms AFTER INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION deliver('sms');
ALTER TABLE notifications DISABLE TRIGGER by_sms;

-- Nobody gets more than the user's cap in a day, and each key once.
CREATE FUNCTION notif_send(p_user_id int, p_title text, p_idempotency_key text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  sent bigint;
BEGIN
  INSERT INTO notifications (user_id, title, idempotency_key)
  SELECT p_user_id, p_title, p_idempotency_key
  WHERE (SELECT count(*) FROM notifications n WHERE n.user_id = p_user_id AND created_at > now() - interval '1 day')
      < (SELECT frequency_cap FROM ai_consent c WHERE c.user_id = p_user_id)
  ON CONFLICT (idempotency_key) DO NOTHING
  RETURNING id INTO sent;
  RETURN sent;
END $$;
