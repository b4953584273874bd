-- A user who did nothing unusual is slowed down, and would not be with twice the limit.
UPDATE rate_limit_configs SET "limit" = 1000 WHERE scope = 'api.user';
INSERT INTO rate_limit_counters VALUES ('api.user:1', 1500);
