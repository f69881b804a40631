package seed

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// way is how rows get into an organization's tables.
type way interface {
	// in runs fn in a transaction that may write the organization's rows; insert stores rows in a table.
	in(ctx context.Context, org id.Org, fn func(ctx context.Context, tx bun.Tx, insert inserter) error) error
}

type inserter func(ctx context.Context, t table, rows iter.Seq[[]any]) error

// byCopy sends rows by COPY, as a role to which no policies apply.
type byCopy struct {
	db        *bun.DB
	superuser bool
}

func openCopy(ctx context.Context, url string) (*byCopy, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the administrator's database URL is no database URL")
	}
	db := bun.NewDB(stdlib.OpenDB(*cfg), pgdialect.New())
	var role string
	var superuser, free bool
	if err := db.QueryRowContext(ctx, "SELECT rolname, rolsuper, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").
		Scan(&role, &superuser, &free); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("connect as the administrator: %w", err)
	}
	if !free {
		_ = db.Close()
		return nil, fmt.Errorf("policies apply to the role %s, so PostgreSQL would refuse COPY: give a superuser or a role with BYPASSRLS, or none", role)
	}
	return &byCopy{db, superuser}, nil
}

func (w *byCopy) close() { _ = w.db.Close() }

func (w *byCopy) in(ctx context.Context, _ id.Org, fn func(context.Context, bun.Tx, inserter) error) error {
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect as the administrator: %w", err)
	}
	defer func() { _ = conn.Close() }()
	return conn.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		prepare := freshPlans
		if w.superuser {
			// Foreign keys are half of the work. What is written here refers only to what was written before.
			prepare = "SET LOCAL session_replication_role = replica"
		}
		if _, err := tx.ExecContext(ctx, prepare); err != nil {
			return fmt.Errorf("prepare the transaction: %w", err)
		}
		return fn(ctx, tx, func(ctx context.Context, t table, rows iter.Seq[[]any]) error {
			// database/sql knows no COPY; the transaction's own connection does.
			return conn.Raw(func(driver any) error { return copyRows(ctx, driver.(*stdlib.Conn).Conn(), t, rows) })
		})
	})
}

func copyRows(ctx context.Context, conn *pgx.Conn, t table, rows iter.Seq[[]any]) error {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	next, stop := iter.Pull(rows)
	defer stop()
	source := pgx.CopyFromFunc(func() ([]any, error) {
		row, ok := next()
		if !ok {
			return nil, nil // the end
		}
		return row, nil
	})
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{t.name}, names, source); err != nil {
		return fmt.Errorf("copy into %s: %w", t.name, err)
	}
	return nil
}
