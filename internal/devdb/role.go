package devdb

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Role is a login of the database.
type Role struct{ Name, Password string }

// EnsureRoles makes roles that may log in and nothing else: row-level security applies to them. A role that is there
// gets the password, and is refused when it has a power that it must not have: on a server that others use too,
// taking it away could break something of theirs.
//
// Roles belong to the whole server, so processes that start together take turns.
func EnsureRoles(ctx context.Context, adminURL string, roles ...Role) error {
	return connected(ctx, adminURL, func(conn *pgx.Conn) error {
		tx, err := conn.Begin(ctx)
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // does nothing after a commit
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtext('bottlecrm roles'))"); err != nil {
			return fmt.Errorf("wait for others who make roles: %w", err)
		}
		for _, role := range roles {
			if err := ensureRole(ctx, tx, role); err != nil {
				return fmt.Errorf("ensure role %s: %w", role.Name, err)
			}
		}
		if err := tx.Commit(ctx); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		return nil
	})
}

func ensureRole(ctx context.Context, tx pgx.Tx, role Role) error {
	var exists, powerful, byMember bool
	err := tx.QueryRow(ctx, `
		SELECT count(r.rolname) > 0,
		       coalesce(bool_or(r.rolsuper OR r.rolbypassrls OR r.rolcreatedb OR r.rolcreaterole), false),
		       NOT bool_or(me.rolsuper)
		FROM pg_roles me LEFT JOIN pg_roles r ON r.rolname = $1
		WHERE me.rolname = current_user`, role.Name).Scan(&exists, &powerful, &byMember)
	if err != nil {
		return err
	}
	if powerful {
		return fmt.Errorf("it is a superuser or may bypass row-level security, create databases or create roles: "+
			"take that away (ALTER ROLE %s NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE) or use another server", role.Name)
	}
	if !exists {
		if err := ddl(ctx, tx, "CREATE ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE", role.Name); err != nil {
			return err
		}
	}
	if err := ddl(ctx, tx, "ALTER ROLE %I LOGIN PASSWORD %L", role.Name, role.Password); err != nil {
		return err
	}
	if byMember {
		// Only a superuser can give a database to a role that it is not a member of.
		return ddl(ctx, tx, "GRANT %I TO CURRENT_USER", role.Name)
	}
	return nil
}

// As is the administrator's URL turned into that of a role and a database; what else the URL says stays.
func As(adminURL string, role Role, database string) (string, error) {
	u, err := parse(adminURL)
	if err != nil {
		return "", err
	}
	u.User = url.UserPassword(role.Name, role.Password)
	u.Path = "/" + database
	return u.String(), nil
}

// In is the administrator's URL for another database.
func In(adminURL, database string) (string, error) {
	u, err := parse(adminURL)
	if err != nil {
		return "", err
	}
	u.Path = "/" + database
	return u.String(), nil
}

// parse keeps the URL out of its errors: it contains a password.
func parse(adminURL string) (*url.URL, error) {
	u, err := url.Parse(adminURL)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") || u.Host == "" {
		return nil, fmt.Errorf("the administrator's URL does not have the form postgres://user:password@host:port/database")
	}
	return u, nil
}

type executor interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ddl executes a statement that takes no bound parameters: the server quotes the names (%I) and texts (%L) in it.
// format() counts from 1 with a dollar: %1$I.
func ddl(ctx context.Context, db executor, statement string, args ...string) error {
	var quoted string
	if err := db.QueryRow(ctx, "SELECT format($1, VARIADIC $2::text[])", statement, args).Scan(&quoted); err != nil {
		return fmt.Errorf("quote: %w", err)
	}
	_, err := db.Exec(ctx, quoted)
	return err
}

func connected(ctx context.Context, url string, work func(conn *pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return work(conn)
}
