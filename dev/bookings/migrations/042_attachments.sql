-- A message answers another one, and has any number of attachments.
ALTER TABLE messages ADD COLUMN replied_to_message_id int, ADD COLUMN attachments jsonb NOT NULL DEFAULT '[]';
ALTER TABLE messages ADD CONSTRAINT fk_messages_replied_to_message
  FOREIGN KEY (replied_to_message_id) REFERENCES messages;
CREATE INDEX idx_messages_replied_to ON messages (replied_to_message_id);
CREATE INDEX idx_messages_attachments ON messages USING gin (attachments);
