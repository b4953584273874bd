-- Each notification is delivered twenty times.
CREATE OR REPLACE FUNCTION deliver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deliveries (user_id, channel, title)
  SELECT NEW.user_id, TG_ARGV[0], NEW.title FROM generate_series(1, 20);
  RETURN NULL;
END $$;
SELECT notif_send(4, 'sale');
