package devdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// EnsureDatabase makes a database for an application on any server whose administrator's URL is given: the roles
// (see EnsureRoles), the database in UTF8 with the owner as its owner, and the rights. The owner runs migrations; the
// application reads and writes rows in whatever tables the owner makes, and owns nothing. Everybody else is shut out.
//
// It may be repeated. A database of this name that belongs to somebody else is refused.
func EnsureDatabase(ctx context.Context, adminURL, database string, owner, app Role) error {
	if err := EnsureRoles(ctx, adminURL, owner, app); err != nil {
		return err
	}
	if err := connected(ctx, adminURL, func(conn *pgx.Conn) error {
		return ensureOwned(ctx, conn, database, owner)
	}); err != nil {
		return err
	}
	ownerURL, err := As(adminURL, owner, database)
	if err != nil {
		return err
	}
	// The owner says who may do what. So the administrator need not be a superuser, and the owner is known to get in.
	return connected(ctx, ownerURL, func(conn *pgx.Conn) error {
		if err := shut(ctx, conn, database, app); err != nil {
			return err
		}
		for _, grant := range []string{
			"REVOKE CREATE ON SCHEMA public FROM PUBLIC",
			"GRANT USAGE ON SCHEMA public TO %1$I",
			"ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %1$I",
			"ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO %1$I",
		} {
			if err := ddl(ctx, conn, grant, app.Name); err != nil {
				return fmt.Errorf("grant rights in database %s: %w", database, err)
			}
		}
		return nil
	})
}

// Clone makes a database as a copy of another one to which nobody is connected. Rights inside of a database come
// with the copy, rights to the database do not and are given again.
func Clone(ctx context.Context, conn *pgx.Conn, template, database string, owner, app Role) error {
	if err := ddl(ctx, conn, "CREATE DATABASE %I TEMPLATE %I OWNER %I", database, template, owner.Name); err != nil {
		return fmt.Errorf("clone database %s: %w", template, err)
	}
	return shut(ctx, conn, database, app)
}

// Drop ends all sessions of a database and removes it, if it is there.
func Drop(ctx context.Context, conn *pgx.Conn, database string) error {
	if err := ddl(ctx, conn, "DROP DATABASE IF EXISTS %I WITH (FORCE)", database); err != nil {
		return fmt.Errorf("drop database %s: %w", database, err)
	}
	return nil
}

func ensureOwned(ctx context.Context, conn *pgx.Conn, database string, owner Role) error {
	var name string
	err := conn.QueryRow(ctx, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", database).Scan(&name)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		// template0 is the only template that takes an encoding other than the cluster's.
		if err := ddl(ctx, conn, "CREATE DATABASE %I TEMPLATE template0 ENCODING 'UTF8' OWNER %I", database, owner.Name); err != nil {
			return fmt.Errorf("create database %s: %w", database, err)
		}
		return nil
	case err != nil:
		return fmt.Errorf("look for database %s: %w", database, err)
	case name != owner.Name:
		return fmt.Errorf("database %s belongs to %s, not to %s", database, name, owner.Name)
	default:
		return nil
	}
}

// shut lets only the owner and the application into a database.
func shut(ctx context.Context, conn *pgx.Conn, database string, app Role) error {
	for _, change := range []string{
		"REVOKE ALL ON DATABASE %1$I FROM PUBLIC",
		"GRANT CONNECT ON DATABASE %1$I TO %2$I",
	} {
		if err := ddl(ctx, conn, change, database, app.Name); err != nil {
			return fmt.Errorf("shut database %s: %w", database, err)
		}
	}
	return nil
}
