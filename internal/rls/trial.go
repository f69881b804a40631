package rls

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
)

// TestReport is what happened when two organizations reached for each other's rows.
type TestReport struct {
	A       string      `json:"a,omitempty"` // the organizations
	B       string      `json:"b,omitempty"`
	Tables  []TestTable `json:"tables"`
	Skipped string      `json:"skipped,omitempty"` // why nothing was tested
}

// TestTable is one table's trial. The numbers are rows seen, counted up to a thousand.
type TestTable struct {
	Name   string   `json:"name"`
	A      int      `json:"a"`
	B      int      `json:"b"`
	None   int      `json:"none"` // without any context
	Faults []string `json:"faults,omitempty"`
}

// OK reports whether the trial took place and nothing got across.
func (r TestReport) OK() bool {
	for _, t := range r.Tables {
		if len(t.Faults) > 0 {
			return false
		}
	}
	return r.Skipped == "" && len(r.Tables) > 0
}

// sampleSize bounds what is read of each table: an operator may run the trial on a large database.
const sampleSize = 1000

// Test reads and writes across organizations, on the data that is there. Every write is rolled back, and is aimed at
// one row at most, so that even an unprotected database is left as it was.
func Test(ctx context.Context, db *bun.DB) (TestReport, error) {
	var catalogue Report
	if err := readTables(ctx, db, &catalogue); err != nil {
		return TestReport{}, fmt.Errorf("inspect the tables: %w", err)
	}
	a, b, err := twoWithData(ctx, db, catalogue.Tables)
	if err != nil {
		return TestReport{}, err
	}
	if b == "" {
		return TestReport{Skipped: "need at least 2 organizations with data"}, nil
	}
	report := TestReport{A: a, B: b}
	for _, t := range catalogue.Tables {
		table, err := try(ctx, db, t.Name, a, b)
		if err != nil {
			return TestReport{}, fmt.Errorf("test %s: %w", t.Name, err)
		}
		report.Tables = append(report.Tables, table)
	}
	return report, nil
}

// twoWithData finds the first two organizations that own a row; b is empty when there are fewer.
func twoWithData(ctx context.Context, db *bun.DB, tables []Table) (a, b string, err error) {
	var orgs []string
	if err := db.NewRaw("SELECT id FROM organization ORDER BY created_at, id").Scan(ctx, &orgs); err != nil {
		return "", "", fmt.Errorf("list the organizations: %w", err)
	}
	for _, org := range orgs {
		found := false
		err := within(ctx, db, org, func(tx bun.Tx) error {
			for _, t := range tables {
				// The predicate keeps a connection that the policies do not bind from finding data for everybody.
				err := tx.NewRaw("SELECT EXISTS (SELECT FROM ? WHERE org_id = ?)", bun.Ident(t.Name), org).Scan(ctx, &found)
				if err != nil || found {
					return err
				}
			}
			return nil
		})
		switch {
		case err != nil:
			return "", "", fmt.Errorf("look for data of organization %s: %w", org, err)
		case found && a == "":
			a = org
		case found:
			return a, org, nil
		}
	}
	return a, "", nil
}

// try runs the whole trial on one table.
func try(ctx context.Context, db *bun.DB, table, a, b string) (TestTable, error) {
	t := TestTable{Name: table}
	if err := t.read(ctx, db, a, b); err != nil {
		return t, err
	}
	name := bun.Ident(table)
	for _, attempt := range []struct {
		fault string
		query string
		args  []any
	}{
		// The policies are asked before the other columns are missed.
		{"a row could be inserted for another organization",
			"INSERT INTO ? (org_id) VALUES (?)", []any{name, b}},
		// Through a cursor: an UPDATE that reads the table in its WHERE also has to pass the policies for reading, and
		// they would hide that those for writing do not hold.
		{"a row could be moved to another organization",
			"DECLARE one CURSOR FOR SELECT FROM ? WHERE org_id = ?; FETCH one; UPDATE ? SET org_id = ? WHERE CURRENT OF one",
			[]any{name, a, name, b}},
		{"another organization's row could be updated",
			"UPDATE ? SET org_id = org_id WHERE ctid = (SELECT ctid FROM ? WHERE org_id = ? LIMIT 1)", []any{name, name, b}},
		{"another organization's row could be deleted",
			"DELETE FROM ? WHERE ctid = (SELECT ctid FROM ? WHERE org_id = ? LIMIT 1)", []any{name, name, b}},
	} {
		refused, err := refused(ctx, db, a, attempt.query, attempt.args)
		if err != nil {
			return t, err
		}
		if !refused {
			t.Faults = append(t.Faults, attempt.fault)
		}
	}
	return t, nil
}

// read compares what is visible in each context, all in one snapshot. A row is told by its place in the table, which
// every table has.
func (t *TestTable) read(ctx context.Context, db *bun.DB, a, b string) error {
	var ofA, ofB, ofNone []string
	err := inTx(ctx, db, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(tx bun.Tx) error {
		for _, context := range []struct {
			org  string
			rows *[]string
		}{{a, &ofA}, {b, &ofB}, {"", &ofNone}} {
			if err := enter(ctx, tx, context.org); err != nil {
				return err
			}
			err := tx.NewRaw("SELECT tableoid::text || ' ' || ctid::text FROM ? LIMIT ?", bun.Ident(t.Name), sampleSize).
				Scan(ctx, context.rows)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.A, t.B, t.None = len(ofA), len(ofB), len(ofNone)
	seen := map[string]bool{}
	for _, row := range ofA {
		seen[row] = true
	}
	for _, row := range ofB {
		if seen[row] {
			t.Faults = append(t.Faults, "two organizations see the same row")
			break
		}
	}
	if t.None > 0 {
		t.Faults = append(t.Faults, "rows are visible without context")
	}
	return nil
}

// refused runs one write in the context of org and rolls it back. It is refused when the policies raise an error, or
// when it finds no row. Any other error came after them.
func refused(ctx context.Context, db *bun.DB, org, query string, args []any) (bool, error) {
	var affected int64
	err := within(ctx, db, org, func(tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		affected, err = result.RowsAffected()
		return err
	})
	if refusal, ok := errors.AsType[*pgconn.PgError](err); ok {
		const insufficientPrivilege, noRowToMove, integrity = "42501", "24000", "23"
		switch {
		case refusal.Code == insufficientPrivilege || refusal.Code == noRowToMove:
			return true, nil
		case refusal.Code[:2] == integrity:
			return false, nil
		}
	}
	return affected == 0, err
}

// within runs fn in the context of one organization and rolls back.
func within(ctx context.Context, db *bun.DB, org string, fn func(bun.Tx) error) error {
	return inTx(ctx, db, nil, func(tx bun.Tx) error {
		if err := enter(ctx, tx, org); err != nil {
			return err
		}
		return fn(tx)
	})
}

func inTx(ctx context.Context, db *bun.DB, options *sql.TxOptions, fn func(bun.Tx) error) error {
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	return fn(tx)
}

func enter(ctx context.Context, tx bun.Tx, org string) error {
	if _, err := tx.ExecContext(ctx, "SELECT set_config('app.current_org', ?, true)", org); err != nil {
		return fmt.Errorf("set the context: %w", err)
	}
	return nil
}
