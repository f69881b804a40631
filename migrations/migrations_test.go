package migrations_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
	"github.com/bottlecrm/bottlecrm-graphql/migrations"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

// open connects as bun and pgx are used everywhere in the program.
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

// newest is the first table or index that the newest migration makes.
func newest(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("*.up.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations, %v", err)
	}
	text, err := os.ReadFile(files[len(files)-1])
	if err != nil {
		t.Fatal(err)
	}
	made := regexp.MustCompile(`(?m)^CREATE (?:TABLE|(?:UNIQUE )?INDEX) (\S+)`).FindAllStringSubmatch(string(text), -1)
	if len(made) == 0 {
		t.Fatalf("%s makes nothing that could be in the way", files[len(files)-1])
	}
	return made[len(made)-1][1]
}

// column reads one column of text.
func column(t *testing.T, db bun.IDB, query string, args ...any) []string {
	t.Helper()
	var values []string
	if err := db.NewRaw(query, args...).Scan(t.Context(), &values); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return values
}

// schema is everything that makes one schema differ from another, a line each.
func schema(t *testing.T, db bun.IDB) []string {
	t.Helper()
	return column(t, db, `
		SELECT format('column %s.%s %s %s default %s generated %s', c.relname, a.attname,
			format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
			pg_get_expr(d.adbin, d.adrelid), a.attgenerated)
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
		UNION ALL
		SELECT format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
		FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL
		SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL
		SELECT format('policy %s.%s %s %s %s using %s check %s', tablename, policyname, permissive, cmd, roles, qual, with_check)
		FROM pg_policies
		UNION ALL
		SELECT format('security %s %s %s', relname, relrowsecurity, relforcerowsecurity)
		FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
		UNION ALL
		SELECT format('function %s %s', oid::regprocedure, md5(prosrc))
		FROM pg_proc WHERE pronamespace = 'public'::regnamespace
		UNION ALL
		SELECT format('relation %s %s', relname, relkind)
		FROM pg_class WHERE relnamespace = 'public'::regnamespace
		ORDER BY 1`)
}

func TestUpDownUp(t *testing.T) {
	t.Parallel()
	db := open(t, testdb.NewEmpty(t).OwnerURL)

	applied, err := migrations.Up(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	if len(applied) == 0 || !slices.IsSorted(applied) {
		t.Fatalf("applied %v, want every migration in order", applied)
	}
	first := schema(t, db)

	reverted, err := migrations.DownAll(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(reverted)
	if !slices.Equal(reverted, applied) {
		t.Errorf("reverted %v, want what was applied, backwards", reverted)
	}
	left := slices.DeleteFunc(schema(t, db), func(line string) bool { return strings.Contains(line, "bun_migration") })
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	if _, err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if second := schema(t, db); !slices.Equal(first, second) {
		t.Errorf("the schema differs the second time:\nfirst  %v\nsecond %v", first, second)
	}
}

func TestVerbs(t *testing.T) {
	t.Parallel()

	t.Run("up applies nothing twice", func(t *testing.T) {
		t.Parallel()
		db := open(t, testdb.New(t).OwnerURL)
		if applied, err := migrations.Up(t.Context(), db); err != nil || len(applied) > 0 {
			t.Errorf("got %v, %v", applied, err)
		}
	})

	t.Run("down reverts the most recent migration only", func(t *testing.T) {
		t.Parallel()
		db := open(t, testdb.New(t).OwnerURL)
		before, err := migrations.Status(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		last := before[len(before)-1].Name
		if reverted, err := migrations.Down(t.Context(), db); err != nil || !slices.Equal(reverted, []string{last}) {
			t.Errorf("reverted %v, %v, want %s", reverted, err, last)
		}
		if pending, err := migrations.Pending(t.Context(), db); err != nil || !slices.Equal(pending, []string{last}) {
			t.Errorf("pending %v, %v, want %s", pending, err, last)
		}
	})

	t.Run("down leaves alone what a newer program applied", func(t *testing.T) {
		t.Parallel()
		db := open(t, testdb.New(t).OwnerURL)
		exec(t, db, "INSERT INTO bun_migrations (name, group_id) VALUES ('29990101000000', 999)")
		if reverted, err := migrations.Down(t.Context(), db); err == nil || len(reverted) > 0 {
			t.Errorf("reverted %v, %v, want a refusal", reverted, err)
		}
	})

	t.Run("servers that start together apply each migration once", func(t *testing.T) {
		t.Parallel()
		url := testdb.NewEmpty(t).OwnerURL
		var wait sync.WaitGroup
		total := make([][]string, 3)
		for i := range total {
			db := open(t, url)
			wait.Go(func() {
				applied, err := migrations.Up(t.Context(), db)
				if err != nil {
					t.Error(err)
				}
				total[i] = applied
			})
		}
		wait.Wait()
		all := slices.Concat(total...)
		if states, err := migrations.Status(t.Context(), open(t, url)); err != nil || len(all) != len(states) {
			t.Errorf("%d applications of %d migrations, %v", len(all), len(states), err)
		}
	})

	t.Run("a failed migration leaves neither its tables nor its record", func(t *testing.T) {
		t.Parallel()
		db := open(t, testdb.New(t).OwnerURL)
		reverted, err := migrations.Down(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		before := schema(t, db)
		name := newest(t)
		exec(t, db, "CREATE SEQUENCE "+name) // tables, indexes and sequences share their names
		if _, err := migrations.Up(t.Context(), db); err == nil {
			t.Fatal("it was applied over something of the same name")
		}
		exec(t, db, "DROP SEQUENCE "+name)
		if after := schema(t, db); !slices.Equal(before, after) {
			t.Errorf("left behind: %v", after)
		}
		if pending, err := migrations.Pending(t.Context(), db); err != nil || !slices.Equal(pending, reverted) {
			t.Errorf("pending %v, %v, want %v", pending, err, reverted)
		}
	})

	t.Run("a pool of one connection is refused instead of waiting for itself", func(t *testing.T) {
		t.Parallel()
		db := open(t, testdb.New(t).OwnerURL)
		db.SetMaxOpenConns(1)
		if _, err := migrations.Up(t.Context(), db); err == nil {
			t.Error("got no error")
		}
	})
}

func TestApplicationRoleReadsTheRecord(t *testing.T) {
	t.Parallel()

	t.Run("nothing is pending in a migrated database", func(t *testing.T) {
		t.Parallel()
		if pending, err := migrations.Pending(t.Context(), open(t, testdb.New(t).AppURL)); err != nil || len(pending) > 0 {
			t.Errorf("got %v, %v", pending, err)
		}
	})

	t.Run("everything is pending in an empty one, and nothing is created", func(t *testing.T) {
		t.Parallel()
		db := open(t, testdb.NewEmpty(t).AppURL)
		pending, err := migrations.Pending(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		states, err := migrations.Status(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		if len(pending) == 0 || len(pending) != len(states) || !states[0].AppliedAt.IsZero() {
			t.Errorf("pending %v, states %v", pending, states)
		}
		if found := schema(t, db); len(found) > 0 {
			t.Errorf("created %v", found)
		}
	})
}
