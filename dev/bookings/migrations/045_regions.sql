-- A client is in a region, and who only reads for reports sees one region.
ALTER TABLE clients ADD COLUMN region text;
UPDATE clients SET region = 'eu';
ALTER TABLE clients ALTER COLUMN region SET NOT NULL;
ALTER TABLE clients ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_region ON clients USING (region = current_setting('reports.region', true));
