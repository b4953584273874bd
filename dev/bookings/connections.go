package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

var page = template.Must(template.New("").Parse(`<!doctype html><title>Connections</title>
<h1>Connections</h1>
{{range .}}<form><b>{{.Platform}}</b> {{.Label}} <label>Gmail label <input value="{{.GmailLabel}}"></label></form>
{{end}}`))

type connection struct {
	ID                          int
	Platform, Label, GmailLabel string
}

// Connections are the mailboxes from which bookings are read.
type connections struct {
	db *pgxpool.Pool
	release
}

func (c connections) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /settings/connections", c.show)
	mux.HandleFunc("GET /api/connections", c.list)
	mux.HandleFunc("POST /api/connections", c.create)
	mux.HandleFunc("POST /api/sync/{connection}", c.sync)
	mux.HandleFunc("GET /api/gmail", c.gmail)
}

func (c connections) all(ctx context.Context) ([]connection, error) {
	rows, _ := c.db.Query(ctx, c.connections)
	return pgx.CollectRows(rows, pgx.RowToStructByPos[connection])
}

func (c connections) show(w http.ResponseWriter, r *http.Request) {
	all, err := c.all(r.Context())
	if err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page.Execute(w, all)
}

func (c connections) list(w http.ResponseWriter, r *http.Request) {
	rows, _ := c.db.Query(r.Context(), "SELECT id FROM connections ORDER BY id")
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusOK, ids)
}

func (c connections) create(w http.ResponseWriter, r *http.Request) {
	var made connection
	if err := json.NewDecoder(r.Body).Decode(&made); err != nil || made.Platform == "" || made.Label == "" {
		answer(w, r, http.StatusBadRequest, map[string]any{"error": "a connection has a platform and a label"})
		return
	}
	err := c.db.QueryRow(r.Context(),
		"INSERT INTO connections (platform, label) VALUES ($1, $2) RETURNING id", made.Platform, made.Label).Scan(&made.ID)
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusCreated, map[string]any{"id": made.ID})
}

// Gmail answers as it does to us.
func (c connections) gmail(w http.ResponseWriter, r *http.Request) {
	status, err := c.gmailAnswers(r.Context())
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, status, map[string]any{"gmail": status})
}

func (c connections) gmailAnswers(ctx context.Context) (status int, err error) {
	err = c.db.QueryRow(ctx, "SELECT status FROM gmail_answers").Scan(&status)
	return status, err
}

// Fetches the mail of one connection, and writes the guests' names into their bookings.
func (c connections) sync(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("connection"))
	if err != nil {
		answer(w, r, http.StatusNotFound, map[string]any{"error": "no such connection"})
		return
	}
	if status, err := c.gmailAnswers(r.Context()); err != nil || status != http.StatusOK {
		answer(w, r, http.StatusUnauthorized, map[string]any{"error": "invalid_grant"})
		return
	}
	taken, err := c.db.Exec(r.Context(), "INSERT INTO sync_locks (connection_id) VALUES ($1) ON CONFLICT DO NOTHING", id)
	if err != nil {
		fail(w, r, err)
		return
	}
	if taken.RowsAffected() == 0 {
		answer(w, r, http.StatusConflict, map[string]any{"error": "SYNC_IN_PROGRESS"})
		return
	}
	number, err := c.fetch(r.Context(), id)
	if c.unlocks {
		_, unlocked := c.db.Exec(r.Context(), "DELETE FROM sync_locks WHERE connection_id = $1", id)
		err = errors.Join(err, unlocked)
	}
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusOK, map[string]any{"processed": number})
}

type mail struct{ Booking, Subject string }

func (c connections) fetch(ctx context.Context, connection int) (int, error) {
	rows, _ := c.db.Query(ctx, "SELECT booking, subject FROM gmail_inbox WHERE connection_id = $1", connection)
	mails, err := pgx.CollectRows(rows, pgx.RowToStructByPos[mail])
	if err != nil {
		return 0, err
	}
	say("[EmailProcessor] Processing %d messages", len(mails))
	return len(mails), pgx.BeginFunc(ctx, c.db, func(tx pgx.Tx) error {
		for _, mail := range mails {
			if err := c.process(ctx, tx, connection, mail); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c connections) process(ctx context.Context, tx pgx.Tx, connection int, mail mail) error {
	kept := pgx.NamedArgs{"connection": connection, "subject": mail.Subject, "thread": mail.Booking}
	if _, err := tx.Exec(ctx, c.keep, kept); err != nil {
		return err
	}
	name := c.guest.FindStringSubmatch(mail.Subject)
	if name == nil {
		return nil
	}
	_, err := tx.Exec(ctx, "UPDATE bookings SET guest_name = $1 WHERE id = $2", name[1], mail.Booking)
	return err
}

// What the CronJob does.
func syncAll(ctx context.Context, _ *pgxpool.Pool, arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("sync wants the address of the web application")
	}
	answered, err := http.Get(arguments[0] + "/api/connections")
	if err != nil {
		return err
	}
	defer answered.Body.Close()
	var ids []int
	if err := json.NewDecoder(answered.Body).Decode(&ids); err != nil {
		return err
	}
	for _, id := range ids {
		synced, err := http.Post(fmt.Sprintf("%s/api/sync/%d", arguments[0], id), "application/json", nil)
		if err != nil {
			return err
		}
		synced.Body.Close()
		say("connection %d: %s", id, synced.Status)
	}
	return nil
}
