-- Users with their caps, one of which is 0, and items in the feed.
INSERT INTO ai_consent VALUES (1, 5), (2, 3), (3, 0), (4, 12);
INSERT INTO feed_items SELECT n FROM generate_series(1, 30) n;
