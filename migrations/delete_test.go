package migrations_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestDeleting(t *testing.T) {
	t.Parallel()
	db := open(t, testdb.New(t).AppURL)
	tables := fill(t, db)
	row := func(table string) string { return rowID(orgA, table) }

	for _, tt := range []struct {
		name    string
		prepare string
		table   string // whose row is deleted
		refused bool
		check   string // text that must come out afterwards
		want    string
	}{
		{"an account with a deal stays", "UPDATE opportunity SET account_id = '" + row("accounts") + "'", "accounts", true, "", ""},
		{"an account with a ticket stays", `UPDATE "case" SET account_id = '` + row("accounts") + "'", "accounts", true, "", ""},
		{"an account with an invoice stays", "UPDATE invoice SET account_id = '" + row("accounts") + "'", "accounts", true, "", ""},
		{"a contact outlives its account", "UPDATE contacts SET account_id = '" + row("accounts") + "'", "accounts", false,
			"SELECT coalesce(account_id::text, 'none') FROM contacts", "none"},
		{"a member who owns a board stays", "SELECT", "profile", true, "", ""},
		{"what a member wrote stays with their name", "DELETE FROM board; UPDATE comment SET author_name = 'Ada', commented_by_id = '" +
			row("profile") + "'", "profile", false,
			"SELECT author_name || ' ' || coalesce(commented_by_id::text, 'none') FROM comment", "Ada none"},
		{"a membership outlives its address", "UPDATE profile SET address_id = '" + row("address") + "'", "address", false,
			"SELECT role FROM profile", "USER"},
		{"a line outlives its product", "UPDATE invoice_line_item SET product_id = '" + row("product") + "'", "product", false,
			"SELECT coalesce(product_id::text, 'none') FROM invoice_line_item", "none"},
		{"a column with cards stays", "SELECT", "board_column", true, "", ""},
		{"a board goes with its columns and cards", "SELECT", "board", false, "SELECT count(*)::text FROM board_task", "0"},
		{"a tag goes from the records that had it", "SELECT", "tags", false, "SELECT count(*)::text FROM lead_tags", "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_ = within(t, db, orgA, false, func(ctx context.Context, tx bun.Tx) error {
				exec(t, tx, tt.prepare)
				_, err := tx.ExecContext(ctx, "DELETE FROM ? WHERE id = ?", bun.Ident(tt.table), row(tt.table))
				if (err != nil) != tt.refused {
					t.Fatalf("got %v, want refused = %v", err, tt.refused)
				}
				if tt.check != "" {
					if got := column(t, tx, tt.check); len(got) != 1 || got[0] != tt.want {
						t.Errorf("%s: %v, want %s", tt.check, got, tt.want)
					}
				}
				return nil
			})
		})
	}

	t.Run("an organization goes with everything that it had, and nothing else", func(t *testing.T) {
		own := testdb.New(t)
		db := open(t, own.AppURL)
		fill(t, db)
		_ = within(t, db, orgA, true, func(_ context.Context, tx bun.Tx) error {
			exec(t, tx, `UPDATE opportunity SET account_id = ?0; UPDATE "case" SET account_id = ?0; UPDATE invoice SET account_id = ?0`,
				row("accounts"))
			return nil
		})
		exec(t, open(t, own.OwnerURL), "DELETE FROM organization WHERE id = ?", orgA)
		for org, want := range map[string]int{orgA: 0, orgB: 1} {
			_ = within(t, db, org, false, func(_ context.Context, tx bun.Tx) error {
				for table := range tables {
					if rows := column(t, tx, "SELECT org_id::text FROM ?", bun.Ident(table)); len(rows) != want {
						t.Errorf("%s has %d rows of %s, want %d", table, len(rows), org, want)
					}
				}
				return nil
			})
		}
	})
}
