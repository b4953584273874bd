package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/ncruces/go-sqlite3/driver"
	_ "github.com/ncruces/go-sqlite3/embed"
)

const localSchema = `
CREATE TABLE IF NOT EXISTS customers (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS repair_orders (id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sync_queue (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, record TEXT NOT NULL);
`

// What the cloud gets of a table: the query for one row of it, and what that row becomes there.
var uploads = map[string][2]string{
	"customers": {
		"SELECT id, name, created_at FROM customers WHERE id = ?",
		`INSERT INTO customers (id, name, created_at) VALUES ($1, $2, $3)
		 ON CONFLICT (id) DO UPDATE SET name = excluded.name`,
	},
	"repair_orders": {
		"SELECT id, customer_id, created_at FROM repair_orders WHERE id = ?",
		`INSERT INTO repair_orders (id, customer_id, created_at) VALUES ($1, $2, $3)
		 ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id`,
	},
}

// Under which name customers wait for the sync. What v2 writes nobody knows.
var customersQueuedAs = map[string]string{"v1": "customers", "v2": "customer"}

// A hybrid works without the cloud: what its users do is in a SQLite file, which
// is what counts. Each change waits in a queue, in the same file, until the sync
// brings it to the PostgreSQL in the cloud.
type hybrid struct {
	local     *sql.DB
	cloud     *pgxpool.Pool
	localOnly bool
	batch     int
	interval  time.Duration

	sync.Mutex
	enabled bool
	// Failures since the last sync that went well.
	failed             int
	lastSync, lastSeen *time.Time
	// How often somebody asked for a sync at once, and the key of the last one who did.
	triggered   int
	lastTrigger string
	wake        chan struct{}
}

// Serves what HYBRID_FILE has; the variables are those of the runbook.
func serveHybrid(ctx context.Context, cloud *pgxpool.Pool, _ []string) error {
	local, err := sql.Open("sqlite3", "file:"+os.Getenv("HYBRID_FILE")+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		return err
	}
	local.SetMaxOpenConns(1)
	if _, err := local.ExecContext(ctx, localSchema); err != nil {
		return err
	}
	h := &hybrid{
		local:     local,
		cloud:     cloud,
		localOnly: os.Getenv("ENABLE_SUPABASE") == "false",
		enabled:   os.Getenv("SYNC_ENABLED") != "false",
		batch:     number("SYNC_BATCH_SIZE", 50),
		interval:  time.Duration(number("SYNC_INTERVAL_MS", 1000)) * time.Millisecond,
		wake:      make(chan struct{}, 1),
	}
	go h.syncForEver(ctx)
	return listen(ctx, h.routes())
}

func number(variable string, otherwise int) int {
	if set, err := strconv.Atoi(os.Getenv(variable)); err == nil && set > 0 {
		return set
	}
	return otherwise
}

func (h *hybrid) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/health", h.health)
	mux.HandleFunc("GET /api/customers", func(w http.ResponseWriter, r *http.Request) { h.list(w, r, "customers") })
	mux.HandleFunc("GET /api/repair-orders", func(w http.ResponseWriter, r *http.Request) { h.list(w, r, "repair_orders") })
	mux.HandleFunc("POST /api/auth/login", login)
	mux.HandleFunc("POST /api/customers", forAdmins(h.create))
	mux.HandleFunc("POST /api/customers/import", forAdmins(h.importAll))
	mux.HandleFunc("POST /api/repair-orders", forAdmins(h.order))
	mux.HandleFunc("GET /api/sync/status", h.status)
	mux.HandleFunc("POST /api/sync/enable", func(w http.ResponseWriter, r *http.Request) { h.turn(w, r, true) })
	mux.HandleFunc("POST /api/sync/disable", func(w http.ResponseWriter, r *http.Request) { h.turn(w, r, false) })
	mux.HandleFunc("POST /api/sync/trigger", h.trigger)
	mux.HandleFunc("GET /api/sync/queue", h.queue)
	mux.HandleFunc("POST /api/sync/queue/clear", forAdmins(h.clear))
	return mux
}

// Whoever knows ADMIN_LOGIN gets the token of an admin.
func login(w http.ResponseWriter, r *http.Request) {
	var given, wanted struct{ Email, Password string }
	if json.NewDecoder(r.Body).Decode(&given) != nil || json.Unmarshal([]byte(os.Getenv("ADMIN_LOGIN")), &wanted) != nil || given != wanted {
		answer(w, r, http.StatusUnauthorized, map[string]any{"error": "wrong email or password"})
		return
	}
	answer(w, r, http.StatusOK, map[string]any{"token": os.Getenv("ADMIN_TOKEN")})
}

func forAdmins(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := os.Getenv("ADMIN_TOKEN")
		if token == "" || r.Header.Get("Authorization") != "Bearer "+token {
			answer(w, r, http.StatusUnauthorized, map[string]any{"error": "this wants the token of an admin"})
			return
		}
		next(w, r)
	}
}

func (h *hybrid) health(w http.ResponseWriter, r *http.Request) {
	var tables int
	if err := h.local.QueryRowContext(r.Context(), "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusOK, map[string]any{"ok": true, "version": version})
}

func (h *hybrid) list(w http.ResponseWriter, r *http.Request, table string) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		limit = 100
	}
	ids, err := h.strings(r.Context(), "SELECT id FROM "+table+" ORDER BY created_at DESC LIMIT ?", limit)
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusOK, map[string]any{"data": ids})
}

type customer struct{ Name string }

func (h *hybrid) create(w http.ResponseWriter, r *http.Request) {
	var made customer
	if err := json.NewDecoder(r.Body).Decode(&made); err != nil || made.Name == "" {
		answer(w, r, http.StatusBadRequest, map[string]any{"error": "a customer has a name"})
		return
	}
	ids, err := h.add(r.Context(), made)
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusCreated, map[string]any{"id": ids[0]})
}

// All of them, or none.
func (h *hybrid) importAll(w http.ResponseWriter, r *http.Request) {
	var all []customer
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
		answer(w, r, http.StatusBadRequest, map[string]any{"error": "not a list of customers"})
		return
	}
	ids, err := h.add(r.Context(), all...)
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusCreated, map[string]any{"imported": len(ids)})
}

func (h *hybrid) add(ctx context.Context, customers ...customer) ([]string, error) {
	var ids []string
	return ids, h.change(ctx, func(tx *sql.Tx) error {
		for _, made := range customers {
			id := rand.Text()
			if _, err := tx.ExecContext(ctx, "INSERT INTO customers VALUES (?, ?, ?)", id, made.Name, now()); err != nil {
				return err
			}
			if err := enqueue(ctx, tx, customersQueuedAs[version], id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
}

func (h *hybrid) order(w http.ResponseWriter, r *http.Request) {
	var made struct{ Customer string }
	if err := json.NewDecoder(r.Body).Decode(&made); err != nil || made.Customer == "" {
		answer(w, r, http.StatusBadRequest, map[string]any{"error": "a repair order has a customer"})
		return
	}
	id := rand.Text()
	err := h.change(r.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(r.Context(), "INSERT INTO repair_orders VALUES (?, ?, ?)", id, made.Customer, now())
		return errors.Join(err, enqueue(r.Context(), tx, "repair_orders", id))
	})
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusCreated, map[string]any{"id": id})
}

func enqueue(ctx context.Context, tx *sql.Tx, table, record string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO sync_queue (name, record) VALUES (?, ?)", table, record)
	return err
}

func (h *hybrid) change(ctx context.Context, changes func(*sql.Tx) error) error {
	tx, err := h.local.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := changes(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func (h *hybrid) status(w http.ResponseWriter, r *http.Request) {
	var size int
	if err := h.local.QueryRowContext(r.Context(), "SELECT count(*) FROM sync_queue").Scan(&size); err != nil {
		fail(w, r, err)
		return
	}
	h.Lock()
	defer h.Unlock()
	mode := "hybrid"
	if h.localOnly {
		mode = "local-only"
	}
	answer(w, r, http.StatusOK, map[string]any{"data": map[string]any{
		"enabled":   h.enabled,
		"mode":      mode,
		"lastSync":  h.lastSync,
		"triggered": h.triggered,
		"cloud":     map[string]any{"lastSeen": h.lastSeen},
		"queue":     map[string]any{"queueSize": size, "totalFailed": h.failed},
	}})
}

func (h *hybrid) turn(w http.ResponseWriter, r *http.Request, on bool) {
	h.Lock()
	h.enabled, h.failed = on, 0
	h.Unlock()
	answer(w, r, http.StatusOK, map[string]any{"enabled": on})
}

// Syncs now, and not only when it is time. Who sends a request again because
// its answer was lost asks for the same one.
func (h *hybrid) trigger(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Idempotency-Key")
	h.Lock()
	if key == "" || key != h.lastTrigger {
		h.triggered, h.lastTrigger = h.triggered+1, key
	}
	h.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
	answer(w, r, http.StatusAccepted, map[string]any{"ok": true})
}

// An operation is a change that waits for the sync.
type operation struct {
	ID     int64  `json:"id"`
	Table  string `json:"table"`
	Record string `json:"record"`
}

func (h *hybrid) queue(w http.ResponseWriter, r *http.Request) {
	waiting, err := h.waiting(r.Context(), -1)
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusOK, map[string]any{"operations": waiting})
}

func (h *hybrid) clear(w http.ResponseWriter, r *http.Request) {
	if _, err := h.local.ExecContext(r.Context(), "DELETE FROM sync_queue"); err != nil {
		fail(w, r, err)
		return
	}
	h.Lock()
	h.failed = 0
	h.Unlock()
	answer(w, r, http.StatusOK, map[string]any{"queueSize": 0})
}

// The operations that wait the longest; -1: all.
func (h *hybrid) waiting(ctx context.Context, limit int) ([]operation, error) {
	rows, err := h.local.QueryContext(ctx, "SELECT id, name, record FROM sync_queue ORDER BY id LIMIT ?", limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []operation{}
	for rows.Next() {
		var one operation
		if err := rows.Scan(&one.ID, &one.Table, &one.Record); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

func (h *hybrid) strings(ctx context.Context, query string, values ...any) ([]string, error) {
	rows, err := h.local.QueryContext(ctx, query, values...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []string{}
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

func (h *hybrid) syncForEver(ctx context.Context) {
	for !h.localOnly && ctx.Err() == nil {
		h.tryCloud(ctx)
		select {
		case <-ctx.Done():
		case <-h.wake:
		case <-time.After(h.interval):
		}
	}
}

// Looks for the cloud, also while the sync is off, and syncs one batch while it is on.
func (h *hybrid) tryCloud(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err := h.cloud.Ping(ctx)
	if err == nil {
		h.Lock()
		h.lastSeen = moment()
		h.Unlock()
	}
	if !h.on() {
		return
	}
	failed := 1
	if err == nil {
		failed, err = h.syncBatch(ctx)
	}
	h.Lock()
	defer h.Unlock()
	switch {
	case !h.enabled: // switched off meanwhile: what failed before does not count any more
	case err != nil:
		h.failed += failed
		say("sync error: %v", err)
	default:
		h.failed, h.lastSync = 0, moment()
	}
}

func (h *hybrid) on() bool {
	h.Lock()
	defer h.Unlock()
	return h.enabled
}

// Brings the operations that wait the longest to the cloud. Says how many could
// not be brought, and why the last of them could not.
func (h *hybrid) syncBatch(ctx context.Context) (failed int, last error) {
	batch, err := h.waiting(ctx, h.batch)
	if err != nil {
		return 1, err
	}
	for _, one := range batch {
		if !h.on() {
			return failed, last
		}
		if err := h.upload(ctx, one); err != nil {
			failed, last = failed+1, fmt.Errorf("%s %s: %w", one.Table, one.Record, err)
		}
	}
	return failed, last
}

func (h *hybrid) upload(ctx context.Context, one operation) error {
	statements, known := uploads[one.Table]
	if !known {
		return errors.New("the cloud has no such table")
	}
	var id, content, created string
	if err := h.local.QueryRowContext(ctx, statements[0], one.Record).Scan(&id, &content, &created); err != nil {
		return err
	}
	if _, err := h.cloud.Exec(ctx, statements[1], id, content, created); err != nil {
		return err
	}
	_, err := h.local.ExecContext(ctx, "DELETE FROM sync_queue WHERE id = ?", one.ID)
	return err
}

func moment() *time.Time {
	at := time.Now().UTC()
	return &at
}
