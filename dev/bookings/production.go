package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The rest of the application, most of which is functions in its database.
type production struct {
	db *pgxpool.Pool
}

func (p production) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/feed", p.feed)
	mux.HandleFunc("POST /api/notifications", p.notify)
	mux.HandleFunc("POST /api/earnings", p.earn)
}

func (p production) feed(w http.ResponseWriter, r *http.Request) {
	var limited bool
	if err := p.db.QueryRow(r.Context(), "SELECT rate_limited($1)", r.FormValue("user")).Scan(&limited); err != nil {
		fail(w, r, err)
		return
	}
	if limited {
		answer(w, r, http.StatusTooManyRequests, map[string]any{"error": "slow down"})
		return
	}
	rows, _ := p.db.Query(r.Context(), "SELECT item_id FROM feed_fusion_home('for_you')")
	items, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusOK, items)
}

func (p production) notify(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		User  int
		Title string
	}
	json.NewDecoder(r.Body).Decode(&asked)
	p.done(w, r, "SELECT notif_send($1, $2, NULLIF($3, ''))", asked.User, asked.Title, r.Header.Get("Idempotency-Key"))
}

func (p production) earn(w http.ResponseWriter, r *http.Request) {
	var earned struct {
		User  int
		Cents int64
	}
	json.NewDecoder(r.Body).Decode(&earned)
	p.done(w, r, "INSERT INTO earnings_events (user_id, amount_cents) VALUES ($1, $2)", earned.User, earned.Cents)
}

func (p production) done(w http.ResponseWriter, r *http.Request, statement string, values ...any) {
	if _, err := p.db.Exec(r.Context(), statement, values...); err != nil {
		fail(w, r, err)
		return
	}
	answer(w, r, http.StatusAccepted, map[string]any{"ok": true})
}

const take = `UPDATE worker_jobs SET status = 'running', started_at = now(), updated_at = now()
WHERE id = (SELECT id FROM worker_jobs WHERE status = 'pending' AND next_run_at <= now()
  ORDER BY next_run_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, kind`

// Does jobs until it is told to end. Those of kind poison fail.
func work(ctx context.Context, db *pgxpool.Pool, _ []string) error {
	say("worker %s looks for jobs", version)
	for ctx.Err() == nil {
		if done, err := workOne(ctx, db); err != nil || !done {
			if err != nil {
				say("error: %v", err)
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	return nil
}

func workOne(ctx context.Context, db *pgxpool.Pool) (bool, error) {
	var id, kind string
	if err := db.QueryRow(ctx, take).Scan(&id, &kind); err == pgx.ErrNoRows {
		return false, nil
	} else if err != nil {
		return false, err
	}
	end := "UPDATE worker_jobs SET status = 'done', updated_at = now() WHERE id = $1"
	if kind == "poison" {
		end = "SELECT worker_fail_job($1, 'it cannot be done')"
	}
	_, err := db.Exec(ctx, end, id)
	return true, err
}
