package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const clientsPage = `<!doctype html><title>Clients</title>
<h1>Clients</h1><ul></ul>
<script>
fetch('/api/crm/clients').then(it => it.json()).then(all =>
  all.forEach(it => document.querySelector('ul').appendChild(document.createElement('li')).textContent = it.Name))
</script>`

// Serves the page of clients, and has the backend answer what it asks for.
func frontend(ctx context.Context, _ *pgxpool.Pool, _ []string) error {
	setting := releases[version].backend
	address := os.Getenv(setting)
	if address == "" {
		return errors.New(setting + " is not set")
	}
	backend, err := url.Parse(address)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", httputil.NewSingleHostReverseProxy(backend))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, clientsPage)
	})
	return listen(ctx, mux)
}

// What is kept of clients: who they are, what was said with them, and files.
type crm struct {
	db *pgxpool.Pool
	release
}

type client struct {
	ID   int
	Name string
}

func (c crm) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/auth/me", c.me)
	mux.HandleFunc("GET /api/crm/clients", timed(c.list))
	mux.HandleFunc("POST /api/crm/clients", timed(c.create))
	mux.HandleFunc("POST /api/crm/clients/{client}/files", c.upload)
	mux.HandleFunc("GET /api/crm/files/{file}", c.file)
}

func (c crm) me(w http.ResponseWriter, r *http.Request) {
	var email string
	err := c.db.QueryRow(r.Context(),
		"SELECT email FROM users WHERE 'Bearer ' || token = $1", r.Header.Get("Authorization")).Scan(&email)
	if errors.Is(err, pgx.ErrNoRows) {
		answer(w, r, http.StatusUnauthorized, map[string]any{"error": "sign in first"})
		return
	}
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusOK, map[string]any{"email": email})
}

func (c crm) list(w http.ResponseWriter, r *http.Request) {
	rows, _ := c.db.Query(r.Context(), c.clients)
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[client])
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusOK, all)
}

func (c crm) create(w http.ResponseWriter, r *http.Request) {
	var made client
	if err := json.NewDecoder(r.Body).Decode(&made); err != nil || made.Name == "" {
		answer(w, r, http.StatusBadRequest, map[string]any{"error": "a client has a name"})
		return
	}
	if err := c.db.QueryRow(r.Context(), c.addClient, made.Name).Scan(&made.ID); err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusCreated, made)
}

func (c crm) upload(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		answer(w, r, http.StatusRequestEntityTooLarge, map[string]any{"error": "files have at most 1 MiB"})
		return
	}
	var id int
	err = c.db.QueryRow(r.Context(), "INSERT INTO files (client_id, content) VALUES ($1, $2) RETURNING id",
		r.PathValue("client"), content).Scan(&id)
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusCreated, map[string]any{"id": id})
}

func (c crm) file(w http.ResponseWriter, r *http.Request) {
	var content []byte
	err := c.db.QueryRow(r.Context(), "SELECT content FROM files WHERE id = $1", r.PathValue("file")).Scan(&content)
	if errors.Is(err, pgx.ErrNoRows) {
		answer(w, r, http.StatusNotFound, map[string]any{"error": "no such file"})
		return
	}
	if err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(content)
}

// How long answers took, as Prometheus reads it: how many took at most so many seconds.
var taken = struct {
	sync.Mutex
	within map[float64]int
	number int
	sum    float64
}{within: map[float64]int{}}

// What takes less than two seconds is fast, however busy the machine is.
var bounds = []float64{2, 4, 8}

func timed(handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		handler(w, r)
		observe(time.Since(began).Seconds())
	}
}

func observe(seconds float64) {
	taken.Lock()
	defer taken.Unlock()
	taken.number++
	taken.sum += seconds
	for _, bound := range bounds {
		if seconds <= bound {
			taken.within[bound]++
		}
	}
}

func durations(w io.Writer) {
	taken.Lock()
	defer taken.Unlock()
	fmt.Fprintln(w, "# TYPE http_request_duration_seconds histogram")
	for _, bound := range bounds {
		fmt.Fprintf(w, "http_request_duration_seconds_bucket{le=\"%g\"} %d\n", bound, taken.within[bound])
	}
	fmt.Fprintf(w, "http_request_duration_seconds_bucket{le=\"+Inf\"} %d\n", taken.number)
	fmt.Fprintf(w, "http_request_duration_seconds_sum %g\nhttp_request_duration_seconds_count %d\n", taken.sum, taken.number)
}
