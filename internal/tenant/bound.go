package tenant

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

// Statements with bound arguments, for those who hold a transaction. pgx prepares each text once a connection and
// knows its parameters' types from then on.

// Row runs a statement for one row.
func Row(ctx context.Context, tx bun.Tx, text string, args ...any) *sql.Row {
	return tx.Tx.QueryRowContext(ctx, text, cached(args)...)
}

// Rows runs a statement for many rows.
func Rows(ctx context.Context, tx bun.Tx, text string, args ...any) (*sql.Rows, error) {
	return tx.Tx.QueryContext(ctx, text, cached(args)...)
}

// Run runs a statement that gives no rows, and tells how many it touched.
func Run(ctx context.Context, tx bun.Tx, text string, args ...any) (int, error) {
	result, err := tx.Tx.ExecContext(ctx, text, cached(args)...)
	if err != nil {
		return 0, err
	}
	touched, err := result.RowsAffected()
	return int(touched), err
}

// cached asks pgx to prepare the statement and keep it.
func cached(args []any) []any {
	return append([]any{pgx.QueryExecModeCacheStatement}, args...)
}
