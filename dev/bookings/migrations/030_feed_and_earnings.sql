CREATE TABLE feed_items (
  id int PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION feed_fusion_home(p_tab text, p_limit int DEFAULT 100) RETURNS TABLE (item_id int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
  RETURN QUERY SELECT id FROM feed_items ORDER BY created_at DESC, id DESC LIMIT p_limit;
END $$;

CREATE TABLE earnings_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id int NOT NULL,
  amount_cents bigint NOT NULL
);
CREATE TABLE earnings_ledger (
  user_id int PRIMARY KEY,
  total_earned_cents bigint NOT NULL
);
CREATE FUNCTION earnings_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO earnings_ledger VALUES (NEW.user_id, NEW.amount_cents)
  ON CONFLICT (user_id) DO UPDATE SET total_earned_cents = earnings_ledger.total_earned_cents + NEW.amount_cents;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger AFTER INSERT ON earnings_events FOR EACH ROW EXECUTE FUNCTION earnings_add();
CREATE FUNCTION earnings_recompute(p_user_id int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
  INSERT INTO earnings_ledger SELECT p_user_id, sum(amount_cents) FROM earnings_events WHERE user_id = p_user_id
  ON CONFLICT (user_id) DO UPDATE SET total_earned_cents = excluded.total_earned_cents
$$;

CREATE TABLE rate_limit_configs (
  scope text PRIMARY KEY,
  "limit" int NOT NULL
);
INSERT INTO rate_limit_configs VALUES ('api.user', 1000), ('user.search', 50), ('ip', 10000);
CREATE TABLE rate_limit_counters (
  key text PRIMARY KEY,
  hits int NOT NULL
);
-- Whether this request of a user is one too many.
CREATE FUNCTION rate_limited(p_user text) RETURNS boolean LANGUAGE sql AS $$
  INSERT INTO rate_limit_counters VALUES ('api.user:' || p_user, 1)
  ON CONFLICT (key) DO UPDATE SET hits = rate_limit_counters.hits + 1
  RETURNING hits > (SELECT "limit" FROM rate_limit_configs WHERE scope = 'api.user')
$$;
