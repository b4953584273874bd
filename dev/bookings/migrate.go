package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Files NUMBER_NAME.sql, in this order; nobody has written their way back.
//
//go:embed migrations/*.sql
var migrations embed.FS

const history = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`

func migrate(ctx context.Context, db *pgxpool.Pool, _ []string) error {
	for db.Ping(ctx) != nil && ctx.Err() == nil {
		time.Sleep(time.Second)
	}
	if _, err := db.Exec(ctx, history); err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := apply(ctx, db, file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func apply(ctx context.Context, db *pgxpool.Pool, file string) error {
	number, err := strconv.Atoi(strings.Split(strings.TrimPrefix(file, "migrations/"), "_")[0])
	if err != nil {
		return err
	}
	if number > releases[version].schema {
		return nil
	}
	statements, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		added, err := tx.Exec(ctx, "INSERT INTO schema_migrations (version) VALUES ($1) ON CONFLICT DO NOTHING", number)
		if err != nil || added.RowsAffected() == 0 {
			return err
		}
		say("migration %s", file)
		_, err = tx.Exec(ctx, string(statements))
		return err
	})
}
