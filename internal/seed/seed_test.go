package seed

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

// connect opens a database as the application's role.
func connect(t *testing.T, url string) *tenant.DB {
	t.Helper()
	db, err := tenant.Open(url, tenant.Options{PoolSize: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func organizationID(t *testing.T, db *tenant.DB, name string) id.Org {
	t.Helper()
	found, err := known(t.Context(), db, []organization{{name: name}})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("there is no organization %q", name)
	}
	return found[name]
}

// values reads a statement's only column in the context of an organization.
func values[V any](t *testing.T, db *tenant.DB, organization, text string, args ...any) []V {
	t.Helper()
	var out []V
	if err := db.In(t.Context(), organizationID(t, db, organization), func(ctx context.Context, tx bun.Tx) error {
		return tx.NewRaw(text, args...).Scan(ctx, &out)
	}); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// count counts the rows that an organization's context shows, without naming the organization.
func count(t *testing.T, db *tenant.DB, organization, rows string, args ...any) int {
	t.Helper()
	return values[int](t, db, organization, "SELECT count(*) FROM "+rows, args...)[0]
}

// searchable checks that an organization's records are found by their words: a rebuilding of the index has nothing to do.
func searchable(t *testing.T, db *tenant.DB, organization string) {
	t.Helper()
	if n := count(t, db, organization, "search_token"); n < 1000 {
		t.Errorf("%s has %d tokens", organization, n)
	}
	if changed, err := store.RebuildSearch(t.Context(), db, organizationID(t, db, organization)); err != nil || changed != (store.Reindexed{}) {
		t.Errorf("%s: a rebuilding of the index changes %+v, %v", organization, changed, err)
	}
}

// visitor is a member who comes back to an organization that was seeded before.
type visitor struct {
	org   id.Org
	email string
}

func (v visitor) Org(context.Context) (id.Org, error) { return v.org, nil }

func (v visitor) Confirm(ctx context.Context, tx bun.Tx) (*tenant.Viewer, error) {
	out := &tenant.Viewer{OrgID: v.org, Email: v.email, Zone: time.UTC, Currency: "USD"}
	return out, tx.QueryRowContext(ctx, "SELECT p.id, p.user_id, p.role FROM profile AS p JOIN users AS u ON u.id = p.user_id WHERE u.email = ?",
		v.email).Scan(&out.ProfileID, &out.UserID, &out.Role)
}

func (v visitor) User(context.Context, bun.Tx) (id.User, error) { return id.User{}, nil }

// visit gives a context in which the store answers to the member.
func visit(t *testing.T, db *tenant.DB, organization, email string) context.Context {
	t.Helper()
	op := db.Begin(visitor{organizationID(t, db, organization), email}, false)
	t.Cleanup(func() { _ = op.Close(context.WithoutCancel(t.Context()), false) })
	return tenant.NewContext(t.Context(), op)
}
