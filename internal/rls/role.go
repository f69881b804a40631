package rls

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// Role is the role that the connection uses.
type Role struct {
	Name       string `json:"name"`
	Superuser  bool   `json:"superuser"`
	BypassRLS  bool   `json:"bypassRLS"`
	CreateDB   bool   `json:"createDB"`
	CreateRole bool   `json:"createRole"`

	OwnsTables bool     `json:"ownsTables"`         // itself or as a member of the owner
	Truncates  bool     `json:"truncates"`          // may TRUNCATE a tenant's table
	MemberOf   []string `json:"memberOf,omitempty"` // roles through which it could get around the policies
}

func readRole(ctx context.Context, db *bun.DB, r *Report) error {
	err := db.NewRaw(`
		SELECT rolname AS name, rolsuper AS superuser, rolbypassrls AS bypass_rls, rolcreatedb AS create_db,
			rolcreaterole AS create_role,
			EXISTS (SELECT FROM pg_class c
				WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
					AND (c.relowner = r.oid OR NOT r.rolsuper AND pg_has_role(r.oid, c.relowner, 'MEMBER'))) AS owns_tables,
			EXISTS (SELECT FROM pg_class c
				JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
				WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
					AND has_table_privilege(r.oid, c.oid, 'TRUNCATE')) AS truncates
		FROM pg_roles r WHERE rolname = current_user`).Scan(ctx, &r.Role)
	if err != nil || r.Role.Superuser {
		return err // a superuser counts as a member of every role; naming them all would say nothing
	}
	return db.NewRaw(`
		SELECT rolname FROM pg_roles
		WHERE rolname <> current_user AND pg_has_role(oid, 'MEMBER')
			AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolname IN
				('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'))
		ORDER BY rolname COLLATE "C"`).Scan(ctx, &r.Role.MemberOf)
}

// OK reports whether the policies bind this role.
func (r Role) OK() bool { return len(r.Problems()) == 0 }

// Problems says why the policies do not bind this role, and what to do.
func (r Role) Problems() []string {
	if r.Superuser {
		// All else follows from it, and is not to be repaired one by one.
		return []string{fmt.Sprintf(
			"database user %q is a superuser, whom row-level security does not bind: connect as another role", r.Name)}
	}
	var problems []string
	add := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	add(r.BypassRLS, "database user %q has BYPASSRLS: ALTER ROLE %s NOBYPASSRLS", r.Name, quoted(r.Name))
	add(r.CreateRole, "database user %q may give itself other roles: ALTER ROLE %s NOCREATEROLE", r.Name, quoted(r.Name))
	for _, other := range r.MemberOf {
		add(true, "database user %q is a member of %q, which is privileged: REVOKE %s FROM %s",
			r.Name, other, quoted(other), quoted(r.Name))
	}
	return problems
}

// Notes are what could be tighter although the policies bind.
func (r Role) Notes() []string {
	var notes []string
	if r.Superuser {
		return nil // it has a problem
	}
	if r.OwnsTables {
		notes = append(notes, "the role owns tables: FORCE binds it, but it could drop a policy; "+
			"let a role of its own own the schema and run the migrations")
	}
	if r.Truncates && !r.OwnsTables {
		notes = append(notes, fmt.Sprintf("the role may TRUNCATE, which asks no policy: REVOKE TRUNCATE ON ALL TABLES "+
			"IN SCHEMA public FROM %s", quoted(r.Name)))
	}
	if r.CreateDB {
		notes = append(notes, fmt.Sprintf("the role may create databases and has no use for it: ALTER ROLE %s NOCREATEDB",
			quoted(r.Name)))
	}
	return notes
}

// quoted is a name as SQL has it.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
