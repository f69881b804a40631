package testdb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/bottlecrm/bottlecrm-graphql/migrations"
)

// migrate brings a database to the newest schema, as its owner.
func migrate(ctx context.Context, ownerURL string) error {
	config, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return fmt.Errorf("read the owner's URL: %w", err)
	}
	db := bun.NewDB(stdlib.OpenDB(*config), pgdialect.New())
	if _, err := migrations.Up(ctx, db); err != nil {
		_ = db.Close()
		return fmt.Errorf("migrate: %w", err)
	}
	if err := db.Close(); err != nil {
		return fmt.Errorf("disconnect after the migration: %w", err)
	}
	return nil
}
