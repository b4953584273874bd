CREATE TABLE users (
  id int PRIMARY KEY,
  email text NOT NULL,
  token text NOT NULL UNIQUE
);
-- Who the smoke tests are.
INSERT INTO users VALUES (1, 'test@example.com', 'change-me');
CREATE TABLE clients (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL
);
INSERT INTO clients (name) VALUES ('Test');
-- They came from another system, and nothing but the application says that their client is there.
CREATE TABLE chat_messages (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id int NOT NULL,
  body text NOT NULL
);
CREATE TABLE files (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id int NOT NULL,
  content bytea NOT NULL
);
INSERT INTO files (client_id, content) VALUES (1, 'a contract');
