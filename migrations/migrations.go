// Package migrations is the schema: one pair of SQL files a topic, embedded, applied in the order of their names,
// and the four verbs that apply, revert and list them.
//
// What is here is history. A file that has been released is never edited; the next change is a new pair. Each table
// is protected (protect_tenant_table) in the file that creates it, so there is no moment and no version in which it
// stands open. Nothing here imports a model: history must not move when a struct does.
//
// A migration and the row that records it are one transaction: after a failure or a crash the schema is exactly that
// of the last recorded migration. Up and Down run under an advisory lock, so servers that start together wait for
// each other; the lock is PostgreSQL's own and ends with its connection, whatever happens to the process. It takes a
// connection for itself, so the pool needs two.
//
// Up and Down need the role that owns the schema. Pending and Status only read, work for the application role and
// create nothing.
package migrations

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

//go:embed *.sql
var files embed.FS

// State is one migration and when it was applied; AppliedAt is zero while it is pending.
type State struct {
	Name      string    `json:"name"`
	AppliedAt time.Time `json:"appliedAt,omitzero"`
}

// Up applies what is pending, oldest first, and names what it applied. After an error these names are still true:
// each stands by itself.
func Up(ctx context.Context, db *bun.DB) (applied []string, err error) {
	err = exclusively(ctx, db, func() error {
		if err := createTables(ctx, db); err != nil {
			return err
		}
		all, err := load(ctx, db)
		if err != nil {
			return err
		}
		group := all.LastGroupID()
		runner := runner(db, func(ctx context.Context, conn bun.IConn, m *migrate.Migration) error {
			_, err := conn.ExecContext(ctx,
				"INSERT INTO bun_migrations (name, group_id) VALUES (?, ?)", m.Name, m.GroupID)
			return err
		})
		for _, m := range all.Unapplied() {
			// A group of its own: what is reverted together is decided when reverting.
			group++
			m.GroupID = group
			if err := m.Up(ctx, runner, &m); err != nil {
				return fmt.Errorf("apply %s: %w", m, err)
			}
			applied = append(applied, m.String())
		}
		return nil
	})
	return applied, err
}

// Down reverts the most recent migration. With nothing applied it does nothing.
func Down(ctx context.Context, db *bun.DB) (reverted []string, err error) {
	return down(ctx, db, 1)
}

// DownAll reverts every migration, newest first. All data is gone afterwards.
func DownAll(ctx context.Context, db *bun.DB) (reverted []string, err error) {
	return down(ctx, db, -1)
}

func down(ctx context.Context, db *bun.DB, limit int) (reverted []string, err error) {
	err = exclusively(ctx, db, func() error {
		all, err := load(ctx, db)
		if err != nil {
			return err
		}
		applied := all.Applied() // newest first
		if ahead, err := unknown(ctx, db, all); err != nil {
			return err
		} else if ahead != "" {
			return fmt.Errorf("migration %s was applied by a newer program, which has to revert it", ahead)
		}
		if limit >= 0 && limit < len(applied) {
			applied = applied[:limit]
		}
		runner := runner(db, func(ctx context.Context, conn bun.IConn, m *migrate.Migration) error {
			_, err := conn.ExecContext(ctx, "DELETE FROM bun_migrations WHERE id = ?", m.ID)
			return err
		})
		for _, m := range applied {
			if err := m.Down(ctx, runner, &m); err != nil {
				return fmt.Errorf("revert %s: %w", m, err)
			}
			reverted = append(reverted, m.String())
		}
		return nil
	})
	return reverted, err
}

// Pending names the migrations that this program has and the database has not.
func Pending(ctx context.Context, db *bun.DB) ([]string, error) {
	all, err := load(ctx, db)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range all.Unapplied() {
		names = append(names, m.String())
	}
	return names, nil
}

// Status lists every migration in order.
func Status(ctx context.Context, db *bun.DB) ([]State, error) {
	all, err := load(ctx, db)
	if err != nil {
		return nil, err
	}
	var states []State
	for _, m := range all {
		states = append(states, State{Name: m.String(), AppliedAt: m.MigratedAt})
	}
	return states, nil
}

// load reads the files and what the database records of them. A database without the record has applied nothing.
func load(ctx context.Context, db *bun.DB) (migrate.MigrationSlice, error) {
	all := migrate.NewMigrations()
	if err := all.Discover(files); err != nil {
		return nil, fmt.Errorf("read the migration files: %w", err)
	}
	var recorded bool
	if err := db.QueryRowContext(ctx, "SELECT to_regclass('public.bun_migrations') IS NOT NULL").Scan(&recorded); err != nil {
		return nil, fmt.Errorf("look for the record of migrations: %w", err)
	}
	if !recorded {
		return all.Sorted(), nil
	}
	states, err := migrate.NewMigrator(db, all).MigrationsWithStatus(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the record of migrations: %w", err)
	}
	return states, nil
}

// unknown names a recorded migration that this program does not have, if there is one.
func unknown(ctx context.Context, db *bun.DB, all migrate.MigrationSlice) (string, error) {
	var recorded []string
	if len(all.Applied()) > 0 {
		if err := db.NewSelect().Table("bun_migrations").Column("name").Order("name DESC").Scan(ctx, &recorded); err != nil {
			return "", fmt.Errorf("read the record of migrations: %w", err)
		}
	}
	for _, name := range recorded {
		if !slices.ContainsFunc(all, func(m migrate.Migration) bool { return m.Name == name }) {
			return name, nil
		}
	}
	return "", nil
}

// runner executes files in transactions of their own; record is the last statement of each.
func runner(db *bun.DB, record migrate.MigrationHook) *migrate.Migrator {
	return migrate.NewMigrator(db, migrate.NewMigrations(),
		migrate.BeforeMigration(func(ctx context.Context, conn bun.IConn, _ *migrate.Migration) error {
			// A statement may take long on large tables, but must not make the application queue behind a lock that
			// it waits for itself.
			_, err := conn.ExecContext(ctx,
				"SET LOCAL search_path = public; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10s'")
			return err
		}),
		migrate.AfterMigration(record))
}

// createTables makes the record of migrations. Whoever may connect may read it: a server checks at its start, as the
// application role, that nothing is pending.
func createTables(ctx context.Context, db *bun.DB) error {
	if err := migrate.NewMigrator(db, migrate.NewMigrations()).Init(ctx); err != nil {
		return fmt.Errorf("create the record of migrations: %w", err)
	}
	if _, err := db.ExecContext(ctx, "GRANT SELECT ON bun_migrations TO PUBLIC"); err != nil {
		return fmt.Errorf("let everybody read the record of migrations: %w", err)
	}
	return nil
}

// lockKey is the advisory lock of this program's migrations in a database: the letters "bottle".
const lockKey = 0x626f74746c65

// exclusively runs fn while no other process migrates this database. The lock belongs to a transaction on a
// connection of its own: ending it, in whichever way, frees the lock.
func exclusively(ctx context.Context, db *bun.DB, fn func() error) error {
	if db.Stats().MaxOpenConnections == 1 {
		return fmt.Errorf("lock the migrations: the pool has one connection, two are needed")
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("lock the migrations: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range []string{
		// Waiting for another server, and then for the migrations, may take longer than any statement should.
		"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
		fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", lockKey),
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("lock the migrations: %w", err)
		}
	}
	return fn()
}
