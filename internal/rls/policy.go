package rls

import (
	"context"
	"strings"

	"github.com/uptrace/bun"
)

const (
	isolation   = "org_isolation"
	insertCheck = "org_insert_check"

	// How PostgreSQL prints the expressions of the policies.
	inContext = "(org_id = (NULLIF(current_setting('app.current_org'::text, true), ''::text))::uuid)"
	byUser    = "(user_id = (NULLIF(current_setting('app.current_user'::text, true), ''::text))::uuid)"
	byHash    = "((token_hash)::text = NULLIF(current_setting('app.token_hash'::text, true), ''::text))"
)

// Exception is a table that must be readable before the organization is known, through one more policy.
type Exception struct {
	Policy string // permissive, for SELECT only
	Using  string
	Reason string
}

// Exceptions are the only tables that may have a third policy.
var Exceptions = map[string]Exception{
	"profile":               {"own_memberships", byUser, "a user's own memberships are read to choose an organization"},
	"personal_access_token": {"by_token", byHash, "the token says which organization it is for"},
	"portal_access_token":   {"by_token", byHash, "the token in a link or a form says which organization it is for"},
}

// policy is a policy as the catalogue has it.
type policy struct {
	Name       string
	Permissive bool
	Command    string // * = all, r = select, a = insert, w = update, d = delete
	Everyone   bool   // for PUBLIC and not for some roles
	Using      string
	Check      string
}

func (p policy) is(want policy) bool {
	p.Using, p.Check = oneLine(p.Using), oneLine(p.Check)
	return p == want
}

// oneLine takes out the line breaks that PostgreSQL puts into long expressions.
func oneLine(expression string) string { return strings.Join(strings.Fields(expression), " ") }

// judge sorts one policy into what the table should have and what it should not.
func (t *Table) judge(p policy) {
	switch {
	case p.is(policy{Name: isolation, Permissive: true, Command: "*", Everyone: true, Using: inContext}):
		t.Isolation = true
	case p.is(policy{Name: insertCheck, Command: "a", Everyone: true, Check: inContext}):
		t.InsertCheck = true
	case t.Exception != "" && p.is(policy{
		Name: Exceptions[t.Name].Policy, Permissive: true, Command: "r", Everyone: true, Using: Exceptions[t.Name].Using,
	}):
		t.Lookup = true
	default:
		t.Extra = append(t.Extra, p.Name)
	}
}

// readTables lists the tables of the schema that have an org_id, partitions among them: a partition that is read
// directly obeys its own policies only.
func readTables(ctx context.Context, db *bun.DB, r *Report) error {
	err := db.NewRaw(`
		SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
		ORDER BY c.relname COLLATE "C"`).Scan(ctx, &r.Tables)
	for i := range r.Tables {
		r.Tables[i].Exception = Exceptions[r.Tables[i].Name].Reason
	}
	return err
}

func readPolicies(ctx context.Context, db *bun.DB, r *Report) error {
	tables := map[string]*Table{}
	for i := range r.Tables {
		tables[r.Tables[i].Name] = &r.Tables[i]
	}
	var rows []struct {
		Relation string
		policy
	}
	err := db.NewRaw(`
		SELECT c.relname AS relation, p.polname AS name, p.polpermissive AS permissive, p.polcmd::text AS command,
			p.polroles = '{0}' AS everyone,
			coalesce(pg_get_expr(p.polqual, p.polrelid), '') AS using,
			coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') AS check
		FROM pg_policy p
		JOIN pg_class c ON c.oid = p.polrelid
		WHERE c.relnamespace = 'public'::regnamespace
		ORDER BY c.relname COLLATE "C", p.polname COLLATE "C"`).Scan(ctx, &rows)
	for _, row := range rows {
		if t := tables[row.Relation]; t != nil {
			t.judge(row.policy)
		}
	}
	return err
}

// readBypasses finds what hands out rows without asking the policies of the role that reads.
func readBypasses(ctx context.Context, db *bun.DB, r *Report) error {
	return db.NewRaw(`
		SELECT format('view %I reads with its owner''s rights: ALTER VIEW %1$I SET (security_invoker = true)', c.relname)
		FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
			AND NOT coalesce(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on',
				'security_invoker=1', 'security_invoker=yes'], false)
		UNION ALL
		SELECT format('materialized view %I has no row-level security: make it a table with org_id', c.relname)
		FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'm'
		UNION ALL
		SELECT format('foreign table %I has no row-level security: make it a table with org_id', c.relname)
		FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'f'
		UNION ALL
		SELECT format('function %s runs with its owner''s rights and the role may call it: make it SECURITY INVOKER',
			p.oid::regprocedure)
		FROM pg_proc p
		WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
			AND p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE')
		UNION ALL
		-- A relation of tenants' rows that names no organization cannot be protected at all.
		SELECT DISTINCT format('table %I refers to %I and has no org_id: give it one and protect it', c.relname, f.relname)
		FROM pg_constraint k
		JOIN pg_class c ON c.oid = k.conrelid
		JOIN pg_class f ON f.oid = k.confrelid
		WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace
			AND EXISTS (SELECT FROM pg_attribute a
				WHERE a.attrelid = f.oid AND a.attname = 'org_id' AND NOT a.attisdropped)
			AND NOT EXISTS (SELECT FROM pg_attribute a
				WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped)
		ORDER BY 1`).Scan(ctx, &r.Bypasses)
}
