package seed

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// byInsert sends rows by INSERT, as the application's role under the policies: an array a column, thousands of rows a
// statement, one text a table.
type byInsert struct{ db *tenant.DB }

// insertBatch is how many rows go with one statement: enough that the round trip does not matter, few enough that none
// comes near the time limit of a statement.
const insertBatch = 1_000

// freshPlans begins each organization. The plan of a foreign key's check is kept for the whole session, and one that was
// made while a table was all but empty reads the whole organization for each row.
const freshPlans = "DISCARD PLANS"

func (w byInsert) in(ctx context.Context, org id.Org, fn func(context.Context, bun.Tx, inserter) error) error {
	return w.db.In(ctx, org, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, freshPlans); err != nil {
			return fmt.Errorf("prepare the transaction: %w", err)
		}
		return fn(ctx, tx, func(ctx context.Context, t table, rows iter.Seq[[]any]) error {
			return insertRows(ctx, tx, t, rows)
		})
	})
}

func insertRows(ctx context.Context, tx bun.Tx, t table, rows iter.Seq[[]any]) error {
	arrays := make([]pgtype.FlatArray[any], len(t.columns))
	flush := func() error {
		args := []any{pgx.QueryExecModeCacheStatement}
		for _, values := range arrays {
			args = append(args, values)
		}
		if _, err := tx.Tx.ExecContext(ctx, t.unnest(), args...); err != nil {
			return fmt.Errorf("insert into %s: %w", t.name, err)
		}
		for i := range arrays {
			arrays[i] = arrays[i][:0]
		}
		return nil
	}
	for row := range rows {
		for i, value := range row {
			arrays[i] = append(arrays[i], value)
		}
		if len(arrays[0]) == insertBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(arrays[0]) == 0 {
		return nil
	}
	return flush()
}

// unnest is the statement that turns one array a column into rows.
func (t table) unnest() string {
	names, places := make([]string, len(t.columns)), make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i], places[i] = c.name, fmt.Sprintf("$%d::%s[]", i+1, c.kind)
	}
	return "INSERT INTO " + t.name + " (" + strings.Join(names, ", ") + ") SELECT * FROM unnest(" + strings.Join(places, ", ") + ")"
}
