package testdb

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
)

// The roles of every test database. The passwords are no secret, and the same in all processes: those that share
// a server share its roles.
var (
	owner = devdb.Role{Name: "crm_owner", Password: "crm_owner"}
	app   = devdb.Role{Name: "crm_user", Password: "crm_user"}
)

// cleanupTimeout bounds what happens after a test, when its own context is over.
const cleanupTimeout = time.Minute

// DB is one database and the ways into it.
type DB struct {
	Name     string
	OwnerURL string // crm_owner: owns the schema, runs migrations
	AppURL   string // crm_user: what the application connects as
	AdminURL string // the administrator of the server, above all policies
}

// Run runs the tests of a package and ends the server that they used.
func Run(m interface{ Run() int }) int {
	running.Store(true)
	defer shared.end() // also while a panic passes by
	return m.Run()
}

// New makes a migrated database for one test and drops it at the end of the test.
func New(t testing.TB) *DB {
	t.Helper()
	return provide(t, func(ctx context.Context, s *server) (*DB, error) { return s.clone(ctx) })
}

// NewEmpty makes a database with the two roles and nothing else in it; it also goes with its test.
func NewEmpty(t testing.TB) *DB {
	t.Helper()
	return provide(t, func(ctx context.Context, s *server) (*DB, error) { return s.empty(ctx) })
}

func provide(t testing.TB, create func(context.Context, *server) (*DB, error)) *DB {
	t.Helper()
	if !running.Load() {
		t.Fatal("testdb: this package needs func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }")
	}
	s, err := shared.get()
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	db, err := create(t.Context(), s)
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() && keeping() {
			s.kept.Store(true)
			t.Logf("testdb: kept %s", db.AppURL)
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), cleanupTimeout)
		defer cancel()
		if err := s.drop(ctx, db.Name); err != nil {
			t.Errorf("testdb: %v", err)
		}
	})
	return db
}

// keeping reports whether the databases of failed tests shall stay.
func keeping() bool { return os.Getenv("TEST_KEEP_DB") != "" }

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "testdb: "+format+"\n", args...) }
