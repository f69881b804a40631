package apitest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// What follows looks at the database as its administrator, above all policies.

// Above runs a statement for one column of texts.
func (e *Env) Above(t testing.TB, text string, args ...any) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), e.Database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	rows, err := conn.Query(t.Context(), text, args...)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// TenantTables are the tables whose rows belong to an organization, as SQL spells them.
func (e *Env) TenantTables(t testing.TB) []string {
	t.Helper()
	return e.Above(t, `SELECT quote_ident(table_name) FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
		WHERE table_schema = 'public' AND column_name = 'org_id' AND table_type = 'BASE TABLE' ORDER BY 1`)
}

// Dump is every row of an organization, and of the users that are its members, as JSON.
func (e *Env) Dump(t testing.TB, org *Org) []string {
	t.Helper()
	selects := []string{
		"SELECT 'organization ' || to_jsonb(t)::text AS row FROM organization AS t WHERE id = $1",
		"SELECT 'users ' || to_jsonb(t)::text FROM users AS t WHERE id IN (SELECT user_id FROM profile WHERE org_id = $1)",
	}
	for _, table := range e.TenantTables(t) {
		selects = append(selects, "SELECT '"+table+" ' || to_jsonb(t)::text FROM "+table+" AS t WHERE org_id = $1")
	}
	return e.Above(t, strings.Join(selects, " UNION ALL ")+" ORDER BY 1", [16]byte(org.ID))
}

// Rows counts the rows of every table, except for the ledger of what was refused.
func (e *Env) Rows(t testing.TB) string {
	t.Helper()
	var selects []string
	for _, table := range e.Above(t, `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'
		AND tablename NOT IN ('security_audit_log', 'security_event') ORDER BY 1`) {
		selects = append(selects, "SELECT '"+table+" ' || count(*) AS line FROM "+table)
	}
	return strings.Join(e.Above(t, strings.Join(selects, " UNION ALL ")+" ORDER BY 1"), "\n")
}

// Texts are the texts in the rows of a dump, ids among them. Short ones, which say nothing, are left out.
func Texts(t testing.TB, dump []string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	var collect func(any)
	collect = func(v any) {
		switch v := v.(type) {
		case string:
			if len(v) >= 6 {
				out[v] = true
			}
		case []any:
			for _, item := range v {
				collect(item)
			}
		case map[string]any:
			for _, item := range v {
				collect(item)
			}
		}
	}
	for _, line := range dump {
		_, row, _ := strings.Cut(line, " ")
		var v any
		if err := json.Unmarshal([]byte(row), &v); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		collect(v)
	}
	return out
}

// session makes an access token of a member.
func (e *Env) session(t testing.TB, org id.Org, profile id.Profile) string {
	t.Helper()
	user, err := id.Parse[id.User](e.Above(t, "SELECT user_id::text FROM profile WHERE id = $1", [16]byte(profile))[0])
	if err != nil {
		t.Fatal(err)
	}
	var token string
	err = e.Backend.DB.Platform(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		session, err := e.Backend.Sessions.Issue(ctx, tx, user, &org, id.ID{})
		if err == nil {
			token = session.AccessToken
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}
