-- Mails belong to a thread.
ALTER TABLE gmail_messages ADD COLUMN thread text;
UPDATE gmail_messages SET thread = '';
ALTER TABLE gmail_messages ALTER COLUMN thread SET NOT NULL;
