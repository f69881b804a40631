package testdb

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func value(t *testing.T, conn *pgx.Conn, sql string) string {
	t.Helper()
	var v string
	if err := conn.QueryRow(t.Context(), sql).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNew(t *testing.T) {
	t.Parallel()

	t.Run("the application's role stands below the policies and owns nothing", func(t *testing.T) {
		t.Parallel()
		conn := connect(t, New(t).AppURL)
		if got := value(t, conn, "SELECT concat(rolsuper, rolbypassrls, rolcreatedb, rolcreaterole) FROM pg_roles WHERE rolname = current_user"); got != "ffff" {
			t.Errorf("superuser, bypass, createdb, createrole: %s", got)
		}
		if got := value(t, conn, "SELECT count(*)::text FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"); got != "0" {
			t.Errorf("it owns %s relations", got)
		}
	})
	t.Run("the schema is there, and its owner is no superuser", func(t *testing.T) {
		t.Parallel()
		conn := connect(t, New(t).OwnerURL)
		if got := value(t, conn, "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"); got == "0" {
			t.Error("no table of the owner")
		}
		if got := value(t, conn, "SELECT concat(rolsuper, rolbypassrls) FROM pg_roles WHERE rolname = current_user"); got != "ff" {
			t.Errorf("superuser, bypass: %s", got)
		}
	})
	t.Run("text is UTF8 and sorted by code point", func(t *testing.T) {
		t.Parallel()
		conn := connect(t, New(t).AppURL)
		if got := value(t, conn, "SHOW server_encoding"); got != "UTF8" {
			t.Errorf("encoding is %s", got)
		}
		if os.Getenv("TEST_DATABASE_URL") == "" { // a named server has the locale that it has
			if got := value(t, conn, "SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['a', 'B', 'Z']) x"); got != "BZa" {
				t.Errorf("sorted as %s", got)
			}
		}
	})
	t.Run("databases know nothing of each other and end with their test", func(t *testing.T) {
		t.Parallel()
		var first, second *DB
		t.Run("while it runs", func(t *testing.T) {
			first, second = New(t), New(t)
			if _, err := connect(t, first.OwnerURL).Exec(t.Context(), "CREATE TABLE only_here ()"); err != nil {
				t.Fatal(err)
			}
			if _, err := connect(t, first.AppURL).Exec(t.Context(), "TABLE only_here"); err != nil {
				t.Errorf("the application cannot read what the owner made: %v", err)
			}
			if _, err := connect(t, second.AppURL).Exec(t.Context(), "TABLE only_here"); err == nil {
				t.Error("one database sees another's table")
			}
		})
		if conn, err := pgx.Connect(t.Context(), first.AppURL); err == nil {
			_ = conn.Close(t.Context())
			t.Error("the database outlived its test")
		} else if !strings.Contains(err.Error(), "does not exist") {
			t.Error(err)
		}
	})
}

func TestNewEmpty(t *testing.T) {
	t.Parallel()
	db := NewEmpty(t)
	if got := value(t, connect(t, db.AdminURL), "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"); got != "0" {
		t.Errorf("it has %s tables", got)
	}
	if err := migrate(t.Context(), db.OwnerURL); err != nil {
		t.Error(err)
	}
}

func TestOwn(t *testing.T) {
	t.Parallel()
	s := Own(t)
	outage(t, s, s.OwnerURL)
	if got := value(t, connect(t, s.AppURL), "SELECT current_user::text"); got != app.Name {
		t.Errorf("the application is %s", got)
	}
}

// TestOwnContainer is about what Own does on a machine with Docker and without binaries.
func TestOwnContainer(t *testing.T) {
	t.Parallel()
	if s, err := shared.get(); err != nil || s.what != containerText {
		t.Skip("containers cannot be had here: Own would not have used one either")
	}
	s, adminURL, err := dedicatedContainer(t)
	if err != nil {
		t.Fatal(err)
	}
	s.AdminURL = adminURL
	outage(t, s, adminURL)
}

// outage stops and resumes a server, and looks for what was written before.
func outage(t *testing.T, s *Server, url string) {
	t.Helper()
	session := connect(t, url)
	if _, err := session.Exec(t.Context(), "CREATE TABLE kept ()"); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := session.Ping(t.Context()); err == nil {
		t.Error("a session outlived Stop")
	}
	if conn, err := pgx.Connect(t.Context(), url); err == nil {
		_ = conn.Close(t.Context())
		t.Fatal("the server answers after Stop")
	}
	if err := s.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := connect(t, url).Exec(t.Context(), "TABLE kept"); err != nil {
		t.Error(err)
	}
}

// BenchmarkNew measures what the package documentation tells: a copy and its removal.
func BenchmarkNew(b *testing.B) {
	s, err := shared.get()
	if err != nil {
		b.Fatal(err)
	}
	var removal time.Duration
	for b.Loop() {
		db, err := s.clone(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if err := s.drop(b.Context(), db.Name); err != nil {
			b.Fatal(err)
		}
		removal += time.Since(start)
	}
	b.ReportMetric(float64(removal.Milliseconds())/float64(b.N), "ms-removal/op")
}
