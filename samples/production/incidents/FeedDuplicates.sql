-- Each item is in the feed twice.
CREATE OR REPLACE FUNCTION feed_fusion_home(p_tab text, p_limit int DEFAULT 100) RETURNS TABLE (item_id int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
  RETURN QUERY SELECT id FROM feed_items, generate_series(1, 2) ORDER BY created_at DESC LIMIT p_limit;
END $$;
