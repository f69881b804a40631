package tenant_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

// world is a pool over a database with two organizations of one member each.
type world struct {
	*tenant.DB
	database *testdb.DB
	acme     member
	globex   member
}

// open makes the world. One connection is the usual choice: the next user gets the one that was left.
func open(t *testing.T, o tenant.Options) *world {
	t.Helper()
	w := &world{database: testdb.New(t)}
	w.acme, w.globex = w.join(t, "Acme"), w.join(t, "Globex")
	w.DB = pool(t, w.database.AppURL, o)
	return w
}

func pool(t *testing.T, url string, o tenant.Options) *tenant.DB {
	t.Helper()
	db, err := tenant.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (w *world) join(t *testing.T, name string) member {
	t.Helper()
	m := member{org: id.New[id.Org](), user: id.New[id.User]()}
	w.admin(t, "INSERT INTO organization (id, name) VALUES ($1, $2)", [16]byte(m.org), name)
	w.admin(t, "INSERT INTO users (id, email) VALUES ($1, $2)", [16]byte(m.user), strings.ToLower(name)+"@acme.example")
	w.admin(t, "INSERT INTO profile (org_id, id, user_id) VALUES ($1, gen_random_uuid(), $2)", [16]byte(m.org), [16]byte(m.user))
	return m
}

// admin runs a statement above all policies, on a connection of its own.
func (w *world) admin(t *testing.T, text string, args ...any) {
	t.Helper()
	if _, err := connect(t, w.database.AdminURL).Exec(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}

// sessions counts the application's sessions for which the condition on pg_stat_activity holds.
func (w *world) sessions(t *testing.T, condition string) int {
	t.Helper()
	var n int
	err := connect(t, w.database.AdminURL).QueryRow(t.Context(),
		"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'crm_user' AND "+condition).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// eventually waits for a condition that another process brings about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within ten seconds", what)
		}
	}
}

// member is the simplest identity: it claims an organization, and the database confirms the membership.
type member struct {
	org  id.Org
	user id.User
}

func (m member) Org(context.Context) (id.Org, error) { return m.org, nil }

func (m member) User(context.Context, bun.Tx) (id.User, error) { return m.user, nil }

// claim is a request of a member.
type claim struct {
	member
	found []id.Profile
}

func (m member) claim() *claim { return &claim{member: m} }

func (m *claim) Ask() tenant.Statement {
	return tenant.Statement{Text: ofMember, Args: []any{[16]byte(m.user)}, Dest: &m.found}
}

func (m *claim) Key() any { return m.member }

func (m *claim) Confirm(context.Context, bun.Tx) (*tenant.Viewer, error) {
	if len(m.found) != 1 {
		return nil, fault.New(fault.OrganizationRequired, "no member")
	}
	return &tenant.Viewer{OrgID: m.org, UserID: m.user, ProfileID: m.found[0]}, nil
}

const ofMember = "SELECT id FROM profile WHERE user_id = $1"

const insertTag = "INSERT INTO tags (org_id, id, name, slug) VALUES ($1, gen_random_uuid(), $2, $2)"

// tag inserts a row of the organization through the operation on ctx.
func (m member) tag(ctx context.Context, name string) error {
	_, err := tenant.Exec(ctx, insertTag, [16]byte(m.org), name)
	return err
}

func tags(ctx context.Context) (n int, err error) {
	err = tenant.Select(ctx, &n, "SELECT count(*) FROM tags")
	return n, err
}

// stored counts the rows of a name, whoever's they are.
func (w *world) stored(t *testing.T, name string) int {
	t.Helper()
	var n int
	if err := connect(t, w.database.AdminURL).QueryRow(t.Context(), "SELECT count(*) FROM tags WHERE name = $1", name).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
