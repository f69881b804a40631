package store_test

import (
	"context"
	"os"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

// connect is a connection above all policies.
func connect(t *testing.T, env *apitest.Env) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), env.Database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// TestFilesGoWithTheirRecord deletes leads that have an attachment and a comment with a file.
func TestFilesGoWithTheirRecord(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	lead := func() string {
		key := admin.Create(t, "Lead", nil)
		on := apitest.Input{"entityType": "LEAD", "entityId": key}
		admin.Create(t, "Attachment", on)
		on["files"] = []any{apitest.File{Name: "a", Body: "x"}}
		admin.Create(t, "Comment", on)
		return key
	}
	gone, _ := lead(), lead()
	left := func() int { return len(env.Blobs(t)) }
	if n := left(); n != 4 {
		t.Fatalf("there are %d files", n)
	}
	const remove = "deleteLead(input: {id: $k}) { deletedId }"
	admin.Refused(t, "NOT_FOUND", "mutation($k: ID!) { a: "+remove+" b: "+remove+" }", map[string]any{"k": gone})
	if n := left(); n != 4 {
		t.Errorf("after a rollback there are %d files", n)
	}
	admin.Do(t, "mutation($k: ID!) { "+remove+" }", map[string]any{"k": gone})
	if n := left(); n != 2 {
		t.Errorf("after the deletion there are %d files", n)
	}
}

// TestNamedFilesLooksEverywhere finds the columns that name files in the catalogue, by what such columns are called, and
// puts a key into each.
func TestNamedFilesLooksEverywhere(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	conn := connect(t, env)
	rows, err := conn.Query(t.Context(), `SELECT quote_ident(table_name), quote_ident(column_name) FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name ~ '(^|_)(attachment|blob|file|file_key)$' AND data_type IN ('text', 'character varying')`)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Table, Column string }])
	if err != nil || len(columns) < 3 {
		t.Fatal(columns, err)
	}
	// The rows are bare: only what a key is found by counts here.
	if _, err := conn.Exec(t.Context(), "SET session_replication_role = replica"); err != nil { // no foreign keys
		t.Fatal(err)
	}
	var keys []string
	for _, c := range columns {
		var required string
		if err := conn.QueryRow(t.Context(), `SELECT coalesce(string_agg(format('ALTER TABLE %s ALTER %I DROP NOT NULL', a.attrelid::regclass, attname), '; '), '')
			FROM pg_attribute a WHERE attrelid = $1::regclass AND attnum > 0 AND attnotnull AND NOT attidentity::text ~ '.'
			AND attname NOT IN ('org_id', 'id')`, c.Table).Scan(&required); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), required); err != nil {
			t.Fatal(err)
		}
		for _, org := range []*apitest.Org{env.Acme, env.Globex} {
			key := org.ID.String() + "/" + c.Table
			if _, err := conn.Exec(t.Context(), "INSERT INTO "+c.Table+" (org_id, id, "+c.Column+") VALUES ($1, gen_random_uuid(), $2)", [16]byte(org.ID), key); err != nil {
				t.Fatalf("%s: %v", c.Table, err)
			}
			if org == env.Acme {
				keys = append(keys, key)
			}
		}
	}
	asked := append([]string{"unnamed", env.Globex.ID.String() + "/document"}, keys...)
	named, err := store.NamedFiles(env.Backend.DB)(t.Context(), env.Acme.ID, asked)
	slices.Sort(named)
	slices.Sort(keys)
	if err != nil || !slices.Equal(named, keys) {
		t.Errorf("named: %q, %v; want %q", named, err, keys)
	}
}
