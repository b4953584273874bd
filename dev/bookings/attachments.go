package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type message struct {
	ID          int          `json:"id"`
	Type        string       `json:"type"`
	Content     string       `json:"content"`
	MediaURL    string       `json:"mediaUrl,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
}

type attachment struct {
	Source string `json:"source"`
	URL    string `json:"url"`
}

func ofMediaURL(m message) string { return m.MediaURL }

func ofAttachments(m message) string {
	if len(m.Attachments) == 0 {
		return ""
	}
	return m.Attachments[0].URL
}

// Messages between guests and hosts, as their API has them.
type messaging struct {
	db *pgxpool.Pool
	release
}

func (m messaging) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/messaging/conversations/{conversation}/messages", m.list)
}

func (m messaging) list(w http.ResponseWriter, r *http.Request) {
	conversation, err := strconv.Atoi(r.PathValue("conversation"))
	if err != nil {
		answer(w, r, http.StatusNotFound, map[string]any{"error": "no such conversation"})
		return
	}
	rows, _ := m.db.Query(r.Context(), m.messages, conversation)
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[message])
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusOK, all)
}

const start = `<!doctype html><title>Messages</title>
<h1>Messages</h1><a href="/conversations/1">Conversation 1</a>`

var conversation = template.Must(template.New("").
	Funcs(template.FuncMap{"media": releases[version].media}).
	Parse(`<!doctype html><title>Conversation</title>
{{range .}}<p>{{.Content}}</p>{{if ne .Type "text"}}{{with media .}}<img src="{{.}}">{{else}}Content unavailable{{end}}{{end}}
{{end}}`))

// Serves the pages of messages, which it asks of the API at an address.
func inbox(ctx context.Context, _ *pgxpool.Pool, arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("inbox wants the address of the web application")
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		html(w)
		io.WriteString(w, start)
	})
	mux.HandleFunc("GET /conversations/{conversation}", func(w http.ResponseWriter, r *http.Request) {
		all, err := messages(r.Context(), arguments[0], r.PathValue("conversation"))
		if err != nil {
			fail(w, r, err)
			return
		}
		html(w)
		conversation.Execute(w, all)
	})
	return listen(ctx, mux)
}

func html(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
}

func messages(ctx context.Context, address, conversation string) ([]message, error) {
	path := fmt.Sprintf("%s/api/messaging/conversations/%s/messages", address, conversation)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	answered, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answered.Body.Close()
	if answered.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answered.Status)
	}
	var all []message
	return all, json.NewDecoder(answered.Body).Decode(&all)
}

// Moves what messages show into their attachments, and empties what it has yet to copy.
const move = `
UPDATE messages SET media_url = NULL WHERE type <> 'text';
UPDATE messages SET attachments = jsonb_build_array(jsonb_build_object('source', 'legacy_migration', 'url', media_url))
WHERE type <> 'text' AND attachments = '[]'`

func backfill(ctx context.Context, db *pgxpool.Pool, _ []string) error {
	_, err := db.Exec(ctx, move)
	return err
}
