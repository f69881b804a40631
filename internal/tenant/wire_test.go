package tenant_test

import (
	"slices"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})
	line, through := testdb.Tap(t, w.database.AppURL)
	db := pool(t, through, tenant.Options{PoolSize: 1})
	run := func(write bool) {
		t.Helper()
		op := db.Begin(w.acme.claim(), write)
		op.Expect()
		ctx := tenant.NewContext(t.Context(), op)
		if _, err := tags(ctx); err != nil {
			t.Fatal(err)
		}
		if err := op.Close(ctx, true); err != nil {
			t.Fatal(err)
		}
	}
	const setting = "; select set_config('app.current_org', $1, true); " + ofMember
	const reads, writes = "begin isolation level repeatable read read only" + setting, "begin" + setting
	const count = "SELECT count(*) FROM tags"

	t.Run("the first operation of a viewer begins in its organization, with its member, in one round trip", func(t *testing.T) {
		run(false)
		if got := line.Operation(t); !slices.Contains(got, reads) || !slices.Contains(got, count) {
			t.Errorf("got %q", got)
		}
	})
	run(true) // prepares the statements
	line.Operation(t)
	for name, tt := range map[string]struct {
		write bool
		want  []string
	}{
		"a query":    {false, []string{reads + "; " + count, "commit"}},
		"a mutation": {true, []string{writes + "; " + count, "commit"}},
	} {
		t.Run(name+" of a known viewer asks in the message in which it begins", func(t *testing.T) {
			run(tt.write)
			if got := line.Operation(t); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
	t.Run("a query ends in the message in which the next operation begins", func(t *testing.T) {
		run(false)
		run(true)
		want := []string{reads + "; " + count, "commit; " + writes + "; " + count, "commit"}
		if got := line.Operation(t); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
	t.Run("an operation that asks nothing sends nothing", func(t *testing.T) {
		if err := db.Begin(w.acme.claim(), true).Close(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if got := line.Since(); len(got) > 0 {
			t.Errorf("sent %q", got)
		}
	})
}
