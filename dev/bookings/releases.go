package main

import "regexp"

// A release is what differs between the versions of the application.
type release struct {
	// The last migration that it brings.
	schema int
	// What the page of connections shows.
	connections string
	// The name of the guest in the subject of a mail.
	guest *regexp.Regexp
	// Keeps a mail of a connection.
	keep string
	// Whether a connection is free again after its mail was fetched.
	unlocks bool
	// The variable that tells the frontend where the backend is.
	backend string
	// All clients, and one more.
	clients, addClient string
	// The messages of a conversation.
	messages string
	// Where the frontend finds what a message shows.
	media func(message) string
}

var releases = map[string]release{
	"v1": {
		schema:      40,
		connections: "SELECT id, platform, label, gmail_label FROM connections ORDER BY id",
		guest:       regexp.MustCompile(`^Reservation confirmed for (.+)$`),
		keep:        "INSERT INTO gmail_messages (connection_id, subject) VALUES (@connection, @subject)",
		unlocks:     true,
		backend:     "BACKEND",
		clients:     "SELECT id, name FROM clients ORDER BY id",
		addClient:   "INSERT INTO clients (name) VALUES ($1) RETURNING id",
		messages: `SELECT id, type, content, coalesce(media_url, ''), NULL::jsonb
			FROM messages WHERE conversation_id = $1 ORDER BY id`,
		media: ofMediaURL,
	},
	// Looks for a column that no migration made, takes the first word for the guest's name, and
	// keeps its locks. Its frontend wants a variable that nobody set, and whoever lists clients waits.
	// Its page of messages looks for attachments alone, which older messages do not have.
	"v2": {
		schema:      45,
		connections: "SELECT id, platform, label, mailbox FROM connections ORDER BY id",
		guest:       regexp.MustCompile(`^(\w+)`),
		keep:        "INSERT INTO gmail_messages (connection_id, subject, thread) VALUES (@connection, @subject, @thread)",
		unlocks:     false,
		backend:     "BACKEND_ADDRESS",
		clients:     "SELECT id, name FROM clients, pg_sleep(2.5) ORDER BY id",
		addClient:   "INSERT INTO clients (name, region) VALUES ($1, 'eu') RETURNING id",
		messages: `SELECT id, type, content, coalesce(media_url, ''), attachments
			FROM messages WHERE conversation_id = $1 ORDER BY id`,
		media: ofAttachments,
	},
}
