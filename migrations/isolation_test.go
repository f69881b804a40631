package migrations_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

const (
	refused    = "42501" // by a policy
	noSuchRow  = "23503" // by a foreign key
	noSQLState = ""
)

// attempt runs one statement in a context, rolls it back, and says how many rows it touched and how it was refused.
func attempt(t *testing.T, db *bun.DB, org, query string, args ...any) (affected int64, code string) {
	t.Helper()
	err := within(t, db, org, false, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		affected, err = result.RowsAffected()
		return err
	})
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return 0, pg.Code
	}
	if err != nil {
		t.Fatal(err)
	}
	return affected, noSQLState
}

func TestIsolation(t *testing.T) {
	t.Parallel()
	db := open(t, testdb.New(t).AppURL)
	tables := fill(t, db) // insert of an own row: succeeds on every table

	for table, columns := range tables {
		t.Run(table, func(t *testing.T) {
			name := bun.Ident(table)
			for _, tt := range []struct {
				name     string
				org      string // the context
				query    string
				args     []any
				affected int64
				code     string
			}{
				{"selects its own row", orgA, "SELECT FROM ?", []any{name}, 1, ""},
				{"selects no foreign row", orgA, "SELECT FROM ? WHERE org_id = ?", []any{name, orgB}, 0, ""},
				{"selects nothing without context", "", "SELECT FROM ?", []any{name}, 0, ""},

				{"inserts no foreign row", orgA, "INSERT INTO ? (org_id) VALUES (?)", []any{name, orgB}, 0, refused},
				{"inserts nothing without context", "", "INSERT INTO ? (org_id) VALUES (?)", []any{name, orgA}, 0, refused},

				{"updates its own row", orgA, "UPDATE ? SET org_id = org_id", []any{name}, 1, ""},
				{"moves no row away", orgA, "UPDATE ? SET org_id = ?", []any{name, orgB}, 0, refused},
				{"updates no foreign row", orgA, "UPDATE ? SET org_id = org_id WHERE org_id = ?", []any{name, orgB}, 0, ""},
				{"updates nothing without context", "", "UPDATE ? SET org_id = org_id", []any{name}, 0, ""},

				{"deletes no foreign row", orgA, "DELETE FROM ? WHERE org_id = ?", []any{name, orgB}, 0, ""},
				{"deletes nothing without context", "", "DELETE FROM ?", []any{name}, 0, ""},
			} {
				if affected, code := attempt(t, db, tt.org, tt.query, tt.args...); affected != tt.affected || code != tt.code {
					t.Errorf("%s: %d rows, error %q; want %d, %q", tt.name, affected, code, tt.affected, tt.code)
				}
			}

			// What stands on a row may forbid deleting it, but no policy may.
			if affected, code := attempt(t, db, orgA, "DELETE FROM ?", name); affected != 1 && code != noSuchRow {
				t.Errorf("deletes its own row: %d rows, error %q", affected, code)
			}

			for _, c := range columns {
				if _, tenant := tables[c.Parent]; !tenant {
					continue
				}
				_, code := attempt(t, db, orgA, "UPDATE ? SET ? = ?", name, bun.Ident(c.Name), rowID(orgB, c.Parent))
				if code != noSuchRow {
					t.Errorf("%s may point at a row of another organization: error %q", c.Name, code)
				}
			}
		})
	}
}

// The three tables that are read before the organization is known show the one row that the setting names.
func TestLookups(t *testing.T) {
	t.Parallel()
	db := open(t, testdb.New(t).AppURL)
	fill(t, db)
	exec(t, db, "INSERT INTO users (id, email) VALUES (?, 'eve@example.com')", orgB)

	for _, tt := range []struct {
		name, setting, value, table string
		rows                        int
	}{
		{"a user sees their memberships in every organization", "app.current_user", user, "profile", 2},
		{"another user sees none of them", "app.current_user", orgB, "profile", 0},
		{"nobody sees none", "app.current_user", "", "profile", 0},
		{"a hash shows its personal token", "app.token_hash", orgA, "personal_access_token", 1},
		{"an unknown hash shows none", "app.token_hash", "x", "personal_access_token", 0},
		{"no hash shows none", "app.token_hash", "", "personal_access_token", 0},
		{"a hash shows its portal token", "app.token_hash", orgA, "portal_access_token", 1},
		{"an unknown hash shows no portal token", "app.token_hash", "x", "portal_access_token", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_ = within(t, db, "", false, func(ctx context.Context, tx bun.Tx) error {
				exec(t, tx, "SELECT set_config(?, ?, true)", tt.setting, tt.value)
				if got := column(t, tx, "SELECT org_id::text FROM ?", bun.Ident(tt.table)); len(got) != tt.rows {
					t.Errorf("%d rows, want %d", len(got), tt.rows)
				}
				for _, write := range []string{"UPDATE ? SET updated_at = now()", "DELETE FROM ?"} {
					result, err := tx.ExecContext(ctx, write, bun.Ident(tt.table))
					if err != nil {
						t.Fatal(err)
					}
					if n, _ := result.RowsAffected(); n != 0 {
						t.Errorf("%s touched %d rows", write, n)
					}
				}
				return nil
			})
		})
	}
}

func TestSecurityEvents(t *testing.T) {
	t.Parallel()
	db := open(t, testdb.New(t).AppURL)
	exec(t, db, "INSERT INTO security_event (id, event_type, success) VALUES (?, 'LOGIN_FAILURE', false)", user)
	if found := column(t, db, "SELECT event_type FROM security_event"); len(found) > 0 {
		t.Errorf("the application reads %v", found)
	}
}
