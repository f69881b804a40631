package rls_test

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/bottlecrm/bottlecrm-graphql/internal/rls"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

func open(t *testing.T, url string) *bun.DB {
	t.Helper()
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	db := bun.NewDB(stdlib.OpenDB(*cfg), pgdialect.New())
	db.SetMaxOpenConns(4)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db bun.IDB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func inspect(t *testing.T, db *bun.DB) rls.Report {
	t.Helper()
	report, err := rls.Inspect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestInspect(t *testing.T) {
	t.Parallel()
	db := open(t, testdb.New(t).AppURL)
	report := inspect(t, db)

	t.Run("the migrated schema is safe", func(t *testing.T) {
		t.Parallel()
		if problems := report.Problems(); len(problems) > 0 || !report.OK() {
			t.Errorf("got %v", problems)
		}
	})

	t.Run("every table with org_id is in the report", func(t *testing.T) {
		t.Parallel()
		var want []string
		err := db.NewRaw(`SELECT table_name FROM information_schema.columns JOIN information_schema.tables
			USING (table_schema, table_name) WHERE table_schema = 'public' AND column_name = 'org_id'
			AND table_type = 'BASE TABLE' ORDER BY table_name COLLATE "C"`).Scan(t.Context(), &want)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, table := range report.Tables {
			got = append(got, table.Name)
		}
		if !slices.Equal(got, want) || len(got) < 25 {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})

	t.Run("the application role has no privilege", func(t *testing.T) {
		t.Parallel()
		r := report.Role
		if r.Superuser || r.BypassRLS || r.CreateDB || r.CreateRole || r.OwnsTables || r.Truncates || len(r.MemberOf) > 0 {
			t.Errorf("got %+v", r)
		}
	})

	t.Run("three tables are exceptions and no more", func(t *testing.T) {
		t.Parallel()
		got := slices.Sorted(maps.Keys(rls.Exceptions))
		if want := []string{"personal_access_token", "portal_access_token", "profile"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		for _, table := range report.Tables {
			if e, exception := rls.Exceptions[table.Name]; table.Lookup != exception || table.Exception != e.Reason {
				t.Errorf("%+v", table)
			}
		}
	})

	t.Run("a database without tables is a problem", func(t *testing.T) {
		t.Parallel()
		if inspect(t, open(t, testdb.NewEmpty(t).AppURL)).OK() {
			t.Error("it is called safe")
		}
	})
}

// Every way of opening a hole, each in a database of its own, and what the report must say of it.
func TestInspectFindsHoles(t *testing.T) {
	t.Parallel()
	const inContext = `NULLIF(current_setting('app.current_org', true), '')::uuid`
	for _, tt := range []struct{ name, hole, problem string }{
		{"isolation dropped", `DROP POLICY org_isolation ON lead`,
			"lead: ENABLED (forced), policy org_isolation missing"},
		{"insert check dropped", `DROP POLICY org_insert_check ON "case"`,
			"case: ENABLED (forced), policy org_insert_check missing"},
		{"insert check permissive", `DROP POLICY org_insert_check ON lead;
			CREATE POLICY org_insert_check ON lead FOR INSERT WITH CHECK (org_id = ` + inContext + `)`,
			"lead: ENABLED (forced), policy org_insert_check altered"},
		{"isolation for everything", `ALTER POLICY org_isolation ON lead USING (true)`,
			"lead: ENABLED (forced), policy org_isolation altered"},
		{"isolation with a way out", `ALTER POLICY org_isolation ON lead USING (org_id = ` + inContext + ` OR is_sample)`,
			"lead: ENABLED (forced), policy org_isolation altered"},
		{"isolation with a default", `ALTER POLICY org_isolation ON lead
			USING (org_id = COALESCE(` + inContext + `, org_id))`,
			"lead: ENABLED (forced), policy org_isolation altered"},
		{"isolation that checks nothing", `ALTER POLICY org_isolation ON lead WITH CHECK (true)`,
			"lead: ENABLED (forced), policy org_isolation altered"},
		{"isolation for reading only", `DROP POLICY org_isolation ON lead;
			CREATE POLICY org_isolation ON lead FOR SELECT USING (org_id = ` + inContext + `)`,
			"lead: ENABLED (forced), policy org_isolation altered"},
		{"isolation for one role", `ALTER POLICY org_isolation ON lead TO CURRENT_USER`,
			"lead: ENABLED (forced), policy org_isolation altered"},
		{"one more policy", `CREATE POLICY support ON lead FOR SELECT USING (true)`,
			"lead: ENABLED (forced), policy support should not exist"},
		{"an exception's policy on another table", `CREATE POLICY own_memberships ON board_member FOR SELECT
			USING (profile_id = NULLIF(current_setting('app.current_user', true), '')::uuid)`,
			"board_member: ENABLED (forced), policy own_memberships should not exist"},
		{"an exception widened", `ALTER POLICY own_memberships ON profile USING (true)`,
			"profile: ENABLED (forced), policy own_memberships altered"},
		{"an exception dropped", `DROP POLICY by_token ON portal_access_token`,
			"portal_access_token: ENABLED (forced), policy by_token missing"},
		{"not forced", `ALTER TABLE "commentFiles" NO FORCE ROW LEVEL SECURITY`, "commentFiles: ENABLED:"},
		{"disabled", `ALTER TABLE lead_tags DISABLE ROW LEVEL SECURITY`, "lead_tags: disabled"},
		{"a new table without protection", `CREATE TABLE orders (org_id uuid NOT NULL)`,
			"orders: disabled, policy org_isolation missing, policy org_insert_check missing"},
		{"a new partition without protection", `CREATE TABLE orders (org_id uuid NOT NULL) PARTITION BY HASH (org_id);
			SELECT protect_tenant_table('orders');
			CREATE TABLE orders_0 PARTITION OF orders FOR VALUES WITH (MODULUS 1, REMAINDER 0)`,
			"orders_0: disabled"},
		{"a new table that cannot be protected", `CREATE TABLE notes (org uuid, lead_id uuid,
			FOREIGN KEY (org, lead_id) REFERENCES lead (org_id, id))`, "table notes refers to lead and has no org_id"},
		{"a view", `CREATE VIEW all_leads AS SELECT * FROM lead`, "view all_leads reads with its owner's rights"},
		{"a materialized view", `CREATE MATERIALIZED VIEW lead_count AS SELECT count(*) FROM lead`,
			"materialized view lead_count has no row-level security"},
		{"a function with its owner's rights", `CREATE FUNCTION leads() RETURNS bigint SECURITY DEFINER LANGUAGE sql
			AS 'SELECT count(*) FROM lead'`, "function leads() runs with its owner's rights"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			own := testdb.New(t)
			exec(t, open(t, own.OwnerURL), tt.hole)
			report := inspect(t, open(t, own.AppURL))
			problems := report.Problems()
			if len(problems) != 1 || !strings.HasPrefix(problems[0], tt.problem) || report.OK() {
				t.Errorf("got %q, want one that begins with %q", problems, tt.problem)
			}
		})
	}

	for _, tt := range []struct{ name, harmless string }{
		{"an invoker's view is no hole", `CREATE VIEW my_leads WITH (security_invoker = true) AS SELECT * FROM lead`},
		{"a function that the role may not call is no hole", `CREATE FUNCTION leads() RETURNS bigint SECURITY DEFINER
			LANGUAGE sql AS 'SELECT count(*) FROM lead'; REVOKE EXECUTE ON FUNCTION leads() FROM PUBLIC`},
		{"a table without tenants is no hole", `CREATE TABLE currency (code text PRIMARY KEY)`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			own := testdb.New(t)
			exec(t, open(t, own.OwnerURL), tt.harmless)
			if problems := inspect(t, open(t, own.AppURL)).Problems(); len(problems) > 0 {
				t.Errorf("got %q", problems)
			}
		})
	}
}

// superuser connects as the administrator of the test server, if that is a superuser: not everybody's is.
func superuser(t *testing.T, own *testdb.DB) *bun.DB {
	t.Helper()
	db := open(t, own.AdminURL)
	var is bool
	if err := db.NewRaw("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").Scan(t.Context(), &is); err != nil {
		t.Fatal(err)
	}
	if !is {
		t.Skip("the administrator of this test server is no superuser, and only one makes such roles")
	}
	return db
}

func TestRole(t *testing.T) {
	t.Parallel()
	own := testdb.New(t)

	t.Run("a superuser is a problem", func(t *testing.T) {
		t.Parallel()
		role := inspect(t, superuser(t, own)).Role
		if !role.Superuser || role.OK() || !strings.Contains(role.Problems()[0], "superuser") {
			t.Errorf("got %+v", role)
		}
	})

	t.Run("the owner of the tables is bound, and told to be another role", func(t *testing.T) {
		t.Parallel()
		role := inspect(t, open(t, own.OwnerURL)).Role
		if !role.OwnsTables || len(role.Notes()) == 0 || !strings.Contains(role.Notes()[0], "owns tables") {
			t.Errorf("got %+v, %v", role, role.Notes())
		}
	})

	// Roles belong to the whole server, so these are named after the database and looked at through SET ROLE.
	for _, tt := range []struct{ name, create, problem string }{
		{"BYPASSRLS is a problem", `CREATE ROLE ? BYPASSRLS`, "has BYPASSRLS"},
		{"CREATEROLE is a problem", `CREATE ROLE ? CREATEROLE`, "may give itself other roles"},
		{"a member of a superuser is a problem", `CREATE ROLE ? IN ROLE CURRENT_USER`, "which is privileged"},
		{"a reader of the server's files is a problem", `CREATE ROLE ? IN ROLE pg_read_server_files`, "which is privileged"},
		{"a role without privileges is none", `CREATE ROLE ?`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			own := testdb.New(t)
			admin := superuser(t, own)
			admin.SetMaxOpenConns(1) // SET ROLE belongs to a connection
			name := bun.Ident(own.Name + "_role")
			exec(t, admin, tt.create, name)
			t.Cleanup(func() {
				if _, err := admin.ExecContext(context.WithoutCancel(t.Context()), "RESET ROLE; DROP ROLE ?", name); err != nil {
					t.Error(err)
				}
			})
			exec(t, admin, "SET ROLE ?", name)
			role := inspect(t, admin).Role

			problems := role.Problems()
			if tt.problem == "" && !role.OK() ||
				tt.problem != "" && (len(problems) != 1 || !strings.Contains(problems[0], tt.problem)) {
				t.Errorf("got %q, want %q", problems, tt.problem)
			}
		})
	}
}
