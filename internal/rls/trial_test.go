package rls_test

import (
	"context"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/rls"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

// organization makes one with a lead, as the owner: the policies bind it as well.
func organization(t *testing.T, own *testdb.DB, org string) {
	t.Helper()
	db := open(t, own.OwnerURL)
	exec(t, db, `BEGIN; SELECT set_config('app.current_org', ?0, true);
		INSERT INTO organization (id, name) VALUES (?0, ?0);
		INSERT INTO lead (id, org_id, title) VALUES (gen_random_uuid(), ?0, 'Interested');
		COMMIT`, org)
}

// leads counts those of an organization.
func leads(t *testing.T, own *testdb.DB, org string) (n int) {
	t.Helper()
	err := open(t, own.AppURL).RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		exec(t, tx, "SELECT set_config('app.current_org', ?, true)", org)
		return tx.NewRaw("SELECT count(*) FROM lead WHERE org_id = ?", org).Scan(ctx, &n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	orgA = "aaaaaaaa-0000-4000-8000-000000000000"
	orgB = "bbbbbbbb-0000-4000-8000-000000000000"
)

func try(t *testing.T, url string) rls.TestReport {
	t.Helper()
	report, err := rls.Test(t.Context(), open(t, url))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// faults are those of the lead table.
func faults(r rls.TestReport) []string {
	for _, table := range r.Tables {
		if table.Name == "lead" {
			return table.Faults
		}
	}
	return []string{"lead is not in the report"}
}

func TestTest(t *testing.T) {
	t.Parallel()

	t.Run("nothing is tested without two organizations with data, and that is no pass", func(t *testing.T) {
		t.Parallel()
		own := testdb.New(t)
		organization(t, own, orgA)
		exec(t, open(t, own.OwnerURL), "INSERT INTO organization (id, name) VALUES (?, 'empty')", orgB)
		if report := try(t, own.AppURL); report.OK() || report.Skipped != "need at least 2 organizations with data" {
			t.Errorf("got %+v", report)
		}
	})

	t.Run("two organizations are kept apart", func(t *testing.T) {
		t.Parallel()
		own := testdb.New(t)
		organization(t, own, orgA)
		organization(t, own, orgB)
		report := try(t, own.AppURL)
		if !report.OK() || report.A != orgA || report.B != orgB || len(report.Tables) < 25 {
			t.Errorf("got %+v", report)
		}
		for _, table := range report.Tables {
			if table.Name == "lead" && (table.A != 1 || table.B != 1 || table.None != 0) {
				t.Errorf("got %+v", table)
			}
		}
	})

	const (
		same   = "two organizations see the same row"
		open_  = "rows are visible without context"
		insert = "a row could be inserted for another organization"
		move   = "a row could be moved to another organization"
		update = "another organization's row could be updated"
		remove = "another organization's row could be deleted"
	)
	for _, tt := range []struct {
		name, hole string
		want       []string
	}{
		{"no security", `ALTER TABLE lead DISABLE ROW LEVEL SECURITY`, []string{same, open_, insert, move, update, remove}},
		{"everybody reads", `CREATE POLICY p ON lead FOR SELECT USING (true)`, []string{same, open_}},
		{"everybody inserts", `DROP POLICY org_insert_check ON lead; CREATE POLICY p ON lead FOR INSERT WITH CHECK (true)`,
			[]string{insert}},
		{"rows move", `ALTER POLICY org_isolation ON lead WITH CHECK (true)`, []string{move}},
		{"everybody deletes what everybody reads", `CREATE POLICY p ON lead FOR SELECT USING (true);
			CREATE POLICY d ON lead FOR DELETE USING (true)`, []string{same, open_, remove}},
		{"everybody updates what everybody reads", `CREATE POLICY p ON lead FOR SELECT USING (true);
			CREATE POLICY u ON lead FOR UPDATE USING (true)`, []string{same, open_, move, update}},
	} {
		t.Run("the trial finds: "+tt.name, func(t *testing.T) {
			t.Parallel()
			own := testdb.New(t)
			organization(t, own, orgA)
			organization(t, own, orgB)
			exec(t, open(t, own.OwnerURL), tt.hole)
			report := try(t, own.AppURL)
			if got := faults(report); !slices.Equal(got, tt.want) || report.OK() {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			// Nothing that the trial did stays.
			for _, org := range []string{orgA, orgB} {
				if n := leads(t, own, org); n != 1 {
					t.Errorf("%s has %d leads", org, n)
				}
			}
		})
	}

	t.Run("the trial finds: a superuser", func(t *testing.T) {
		t.Parallel()
		own := testdb.New(t)
		organization(t, own, orgA)
		organization(t, own, orgB)
		db := superuser(t, own)
		if report, err := rls.Test(t.Context(), db); err != nil || report.OK() {
			t.Errorf("it passed, or %v", err)
		}
	})
}
