// The application of the runbooks' samples: a desk where bookings arrive by
// mail, over a PostgreSQL. Its release v2 went wrong, in the ways that the
// runbooks describe.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// version is set when the program is built.
var version = "v1"

const usage = `usage: bookings COMMAND

web        serves the API and the pages on :8080
frontend   serves the page of clients on :8080, before a web application
hybrid     serves an API on :8080 that works without the cloud, and syncs to it
migrate    brings the database to the schema of this release
sync URL   has the mail of every connection fetched by the web application there
work       does the jobs in the queue
inbox URL  serves the pages of messages on :8080, and asks the web application there for them
backfill   moves the media of messages into their attachments
`

// What a command is given: the database, and the rest of the arguments.
var commands = map[string]func(context.Context, *pgxpool.Pool, []string) error{
	"web":      web,
	"frontend": frontend,
	"hybrid":   serveHybrid,
	"migrate":  migrate,
	"sync":     syncAll,
	"work":     work,
	"inbox":    inbox,
	"backfill": backfill,
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		log.Fatal(usage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// PGHOST, PGUSER and the like say where it is. Nothing is opened before it is needed.
	db, err := pgxpool.New(ctx, "")
	if err != nil {
		log.Fatal(err)
	}
	if err := commands[os.Args[1]](ctx, db, os.Args[2:]); err != nil {
		log.Fatalf("%s bookings %s: %v", now(), version, err)
	}
}

func web(ctx context.Context, db *pgxpool.Pool, _ []string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/health", func(w http.ResponseWriter, r *http.Request) {
		if err := db.Ping(r.Context()); err != nil {
			fail(w, r, err)
			return
		}
		answer(w, r, http.StatusOK, map[string]any{"ok": true, "version": version})
	})
	mux.HandleFunc("GET /metrics", metrics)
	connections{db, releases[version]}.routes(mux)
	production{db}.routes(mux)
	crm{db, releases[version]}.routes(mux)
	messaging{db, releases[version]}.routes(mux)
	return listen(ctx, mux)
}

func listen(ctx context.Context, mux *http.ServeMux) error {
	server := &http.Server{Addr: ":8080", Handler: mux}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	say("bookings %s listens on %s", version, server.Addr)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func answer(w http.ResponseWriter, r *http.Request, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
	count(status)
	say("%s %s %d", r.Method, r.URL.Path, status)
}

func fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // who asked is gone, and nobody gets an answer
	}
	say("error: %v", err)
	answer(w, r, http.StatusInternalServerError, map[string]any{"error": "something went wrong"})
}

func say(format string, values ...any) {
	fmt.Printf("%s %s\n", now(), fmt.Sprintf(format, values...))
}

func now() string {
	return time.Now().UTC().Format(time.RFC3339)
}
