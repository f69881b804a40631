//go:build unix

package devdb

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestEnsureDatabase(t *testing.T) {
	t.Parallel()
	s := start(t, tempDir(t))
	owner, app := Role{"the owner", "o'w\\n%er"}, Role{"app", "päss word@/"}
	if err := s.EnsureDatabase(t.Context(), "crm", owner, app); err != nil {
		t.Fatal(err)
	}

	exec := func(t *testing.T, url, sql string) error {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
		_, err = conn.Exec(t.Context(), sql)
		return err
	}
	ownerURL, appURL := s.URL(owner.Name, owner.Password, "crm"), s.URL(app.Name, app.Password, "crm")
	may := func(t *testing.T, url, sql string) {
		t.Helper()
		if err := exec(t, url, sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	mayNot := func(t *testing.T, url, sql, because string) {
		t.Helper()
		if err := exec(t, url, sql); err == nil || !strings.Contains(err.Error(), because) {
			t.Errorf("%s: %v, want %q", sql, err, because)
		}
	}

	t.Run("rights", func(t *testing.T) {
		may(t, ownerURL, "CREATE TABLE lead (n serial, name text)")
		may(t, appURL, "INSERT INTO lead (name) VALUES ('a')")
		may(t, appURL, "UPDATE lead SET name = 'b'")
		may(t, appURL, "DELETE FROM lead WHERE name = 'b'")
		mayNot(t, appURL, "TRUNCATE lead", "permission denied")
		mayNot(t, appURL, "CREATE TABLE mine ()", "permission denied")
		mayNot(t, appURL, "CREATE SCHEMA mine", "permission denied")
		mayNot(t, appURL, "CREATE DATABASE mine", "permission denied")
		mayNot(t, appURL, "DROP TABLE lead", "must be owner")
		may(t, s.AdminURL("postgres"), "CREATE ROLE stranger LOGIN PASSWORD 'x'")
		mayNot(t, s.URL("stranger", "x", "crm"), "SELECT 1", "permission denied for database")
	})
	t.Run("repeating changes only passwords", func(t *testing.T) {
		app.Password = "another"
		if err := s.EnsureDatabase(t.Context(), "crm", owner, app); err != nil {
			t.Fatal(err)
		}
		mayNot(t, appURL, "SELECT 1", "password authentication failed")
		may(t, s.URL(app.Name, app.Password, "crm"), "SELECT * FROM lead")
	})
	t.Run("a stranger's database is refused", func(t *testing.T) {
		if err := s.EnsureDatabase(t.Context(), "postgres", owner, app); err == nil || !strings.Contains(err.Error(), "belongs to postgres") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("a role above the policies is refused", func(t *testing.T) {
		may(t, s.AdminURL("postgres"), "CREATE ROLE strong BYPASSRLS")
		if err := EnsureRoles(t.Context(), s.AdminURL("postgres"), Role{"strong", "x"}); err == nil || !strings.Contains(err.Error(), "bypass") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("an administrator need not be a superuser", func(t *testing.T) {
		may(t, s.AdminURL("postgres"), "CREATE ROLE boss LOGIN PASSWORD 'x' CREATEDB CREATEROLE")
		admin := s.URL("boss", "x", "postgres")
		o, a := Role{"o2", "x"}, Role{"a2", "x"}
		if err := EnsureDatabase(t.Context(), admin, "second", o, a); err != nil {
			t.Fatal(err)
		}
		conn, err := pgx.Connect(t.Context(), admin)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
		may(t, s.URL("o2", "x", "second"), "CREATE TABLE lead ()")
		if err := Clone(t.Context(), conn, "second", "third", o, a); err != nil {
			t.Fatal(err)
		}
		may(t, s.URL("a2", "x", "third"), "SELECT * FROM lead")
		mayNot(t, s.URL("stranger", "x", "third"), "SELECT 1", "permission denied for database")
		session, err := pgx.Connect(t.Context(), s.URL("a2", "x", "third"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = session.Close(context.WithoutCancel(t.Context())) }()
		if err := Drop(t.Context(), conn, "third"); err != nil {
			t.Errorf("a database with a session: %v", err)
		}
	})
	t.Run("processes that start together take turns", func(t *testing.T) {
		errs := make(chan error)
		for range 8 {
			go func() { errs <- EnsureRoles(t.Context(), s.AdminURL("postgres"), Role{"r1", "x"}, Role{"r2", "y"}) }()
		}
		for range 8 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}
