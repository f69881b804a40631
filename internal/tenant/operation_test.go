package tenant_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// begin makes an operation that is rolled back at the end of the test, unless the test ends it.
func (w *world) begin(t *testing.T, identity tenant.Identity, write bool) (context.Context, *tenant.Operation) {
	t.Helper()
	op := w.Begin(identity, write)
	t.Cleanup(func() { _ = op.Close(context.WithoutCancel(t.Context()), false) })
	return tenant.NewContext(t.Context(), op), op
}

func TestTransaction(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})

	for _, tt := range []struct {
		name                string
		write               bool
		isolation, readOnly string
	}{
		{"a query reads one snapshot", false, "repeatable read", "on"},
		{"a mutation reads and writes", true, "read committed", "off"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, _ := w.begin(t, w.acme.claim(), tt.write)
			err := tenant.Do(ctx, func(ctx context.Context, tx bun.Tx) error {
				var isolation, readOnly, org string
				if err := tenant.Row(ctx, tx, `SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'),
					current_setting('app.current_org')`).Scan(&isolation, &readOnly, &org); err != nil {
					return err
				}
				if isolation != tt.isolation || readOnly != tt.readOnly || org != w.acme.org.String() {
					return fmt.Errorf("%s, read only %s, in %s", isolation, readOnly, org)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("the database refuses a query that writes", func(t *testing.T) {
		t.Parallel()
		ctx, _ := w.begin(t, w.acme.claim(), false)
		err := w.acme.tag(ctx, "by-a-query")
		if pg := new(pgconn.PgError); !errors.As(err, &pg) || pg.Code != "25006" {
			t.Errorf("want read_only_sql_transaction, got %v", err)
		}
	})
	t.Run("a query does not see what others store meanwhile, a mutation does", func(t *testing.T) {
		t.Parallel()
		w := open(t, tenant.Options{})
		query, _ := w.begin(t, w.acme.claim(), false)
		mutation, _ := w.begin(t, w.acme.claim(), true)
		for _, ctx := range []context.Context{query, mutation} {
			if n, err := tags(ctx); err != nil || n != 0 {
				t.Fatal(n, err)
			}
		}
		w.admin(t, insertTag, [16]byte(w.acme.org), "meanwhile")
		if n, err := tags(query); err != nil || n != 0 {
			t.Errorf("the query sees %d rows, %v", n, err)
		}
		if n, err := tags(mutation); err != nil || n != 1 {
			t.Errorf("the mutation sees %d rows, %v", n, err)
		}
	})
	t.Run("a Do inside a Do works in the same transaction", func(t *testing.T) {
		t.Parallel()
		ctx, op := w.begin(t, w.acme.claim(), true)
		err := tenant.Do(ctx, func(ctx context.Context, _ bun.Tx) error {
			if err := w.acme.tag(ctx, "outer"); err != nil {
				return err
			}
			return tenant.Do(ctx, func(ctx context.Context, _ bun.Tx) error {
				if n, err := tags(ctx); err != nil || n == 0 {
					return fmt.Errorf("the inner one sees %d rows: %w", n, err)
				}
				_, err := tenant.ViewerFrom(ctx)
				return err
			})
		})
		if err := errors.Join(err, op.Close(ctx, true)); err != nil {
			t.Fatal(err)
		}
		if w.stored(t, "outer") != 1 {
			t.Error("not stored")
		}
	})
	t.Run("twenty users of one operation take turns", func(t *testing.T) {
		t.Parallel()
		ctx, _ := w.begin(t, w.acme.claim(), false)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				for range 10 {
					var got []int
					if err := tenant.Select(ctx, &got, "SELECT $1::int + n FROM generate_series(1, 50) n ORDER BY 1", i); err != nil {
						t.Error(err)
						return
					}
					if len(got) != 50 || got[0] != i+1 || got[49] != i+50 {
						t.Errorf("%d got the rows of somebody else: %v", i, got)
					}
				}
			})
		}
		all.Wait()
	})
	t.Run("an operation that has ended is refused, and stays what it was", func(t *testing.T) {
		t.Parallel()
		ctx, op := w.begin(t, w.acme.claim(), true)
		if err := w.acme.tag(ctx, "once"); err != nil {
			t.Fatal(err)
		}
		if err := op.Close(ctx, true); err != nil {
			t.Fatal(err)
		}
		if err := w.acme.tag(ctx, "late"); err == nil {
			t.Error("a statement after the end was run")
		}
		if err := op.Close(ctx, false); err != nil {
			t.Error(err)
		}
		if w.stored(t, "once") != 1 || w.stored(t, "late") != 0 {
			t.Error("the first end does not count")
		}
	})
	t.Run("an operation that never began is refused once it has ended", func(t *testing.T) {
		t.Parallel()
		ctx, op := w.begin(t, w.acme.claim(), true)
		if err := op.Close(ctx, true); err != nil {
			t.Fatal(err)
		}
		if err := w.acme.tag(ctx, "too-late"); err == nil {
			t.Error("a statement after the end was run")
		}
	})
	t.Run("without an operation there is no transaction", func(t *testing.T) {
		t.Parallel()
		if _, err := tags(t.Context()); err == nil {
			t.Error("a bare context reached the database")
		}
	})
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})
	stranger := member{org: w.globex.org, user: w.acme.user}
	undecided := member{user: w.acme.user}
	for _, tt := range []struct {
		name     string
		identity tenant.Identity
		do, user fault.Code // of what needs an organization, and of what does not
	}{
		{"nobody may do anything", nil, fault.Unauthenticated, fault.Unauthenticated},
		{"a member may do both", w.acme.claim(), "", ""},
		{"who has chosen no organization acts as a user", undecided.claim(), fault.OrganizationRequired, ""},
		{"who claims another's organization acts as a user", stranger.claim(), fault.OrganizationRequired, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, _ := w.begin(t, tt.identity, false)
			for range 2 { // a refusal stays one
				_, err := tags(ctx)
				check(t, "Select", err, tt.do)
				_, err = tenant.Exec(ctx, "SELECT")
				check(t, "Exec", err, tt.do)
				_, err = tenant.ViewerFrom(ctx)
				check(t, "ViewerFrom", err, tt.do)
				check(t, "Do", tenant.Do(ctx, func(context.Context, bun.Tx) error { return nil }), tt.do)
				check(t, "Platform", tenant.Platform(ctx, func(context.Context, bun.Tx, id.User) error { return nil }), tt.user)
			}
		})
	}
	t.Run("a claim that is refused leaves no context behind", func(t *testing.T) {
		t.Parallel()
		w.admin(t, insertTag, [16]byte(w.globex.org), "theirs")
		ctx, _ := w.begin(t, stranger.claim(), true)
		err := tenant.Platform(ctx, func(ctx context.Context, tx bun.Tx, _ id.User) error {
			var org string
			var rows int
			err := tenant.Row(ctx, tx, "SELECT current_setting('app.current_org'), (SELECT count(*) FROM tags)").Scan(&org, &rows)
			if err == nil && (org != "" || rows != 0) {
				err = fmt.Errorf("in %q with %d rows", org, rows)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("In without an organization is refused", func(t *testing.T) {
		t.Parallel()
		if err := w.In(t.Context(), id.Org{}, func(context.Context, bun.Tx) error { return nil }); err == nil {
			t.Error("a transaction began in no organization")
		}
	})
}

func check(t *testing.T, what string, err error, want fault.Code) {
	t.Helper()
	if (want == "" && err != nil) || (want != "" && !fault.Is(err, want)) {
		t.Errorf("%s: want %q, got %v", what, want, err)
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})

	for i, tt := range []struct {
		name   string
		commit bool
		before func(t *testing.T, ctx context.Context) context.Context // what happens before the end
		hooks  []string
		fails  bool
		stored int
	}{
		{"after a commit, both kinds of work are done once", true, nil, []string{"committed", "ended"}, false, 1},
		{"after a rollback, the work for it is done", false, nil, []string{"undone", "ended"}, false, 0},
		{"a commit that the server turns into a rollback is an error", true, func(t *testing.T, ctx context.Context) context.Context {
			if _, err := tenant.Exec(ctx, "SELECT 1/0"); err == nil {
				t.Fatal("the statement did not fail")
			}
			return ctx
		}, []string{"undone", "ended"}, true, 0},
		{"a commit that a deferred constraint refuses is an error", true, func(t *testing.T, ctx context.Context) context.Context {
			if _, err := tenant.Exec(ctx, "INSERT INTO deferred (id) VALUES (1), (1)"); err != nil {
				t.Fatal(err)
			}
			return ctx
		}, []string{"undone", "ended"}, true, 0},
		{"a commit without a connection is an error, and nobody knows its outcome", true, func(t *testing.T, ctx context.Context) context.Context {
			var pid int
			if err := tenant.Select(ctx, &pid, "SELECT pg_backend_pid()"); err != nil {
				t.Fatal(err)
			}
			w.admin(t, "SELECT pg_terminate_backend($1, 5000)", pid)
			return ctx
		}, []string{"ended"}, true, 0},
		{"a request that went away commits nothing", true, func(_ *testing.T, ctx context.Context) context.Context {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx
		}, []string{"undone", "ended"}, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, op := w.begin(t, w.acme.claim(), true)
			w.admin(t, "CREATE TABLE IF NOT EXISTS deferred (id int UNIQUE DEFERRABLE INITIALLY DEFERRED); GRANT ALL ON deferred TO crm_user")
			name := fmt.Sprintf("row-%d", i)
			if err := w.acme.tag(ctx, name); err != nil {
				t.Fatal(err)
			}
			var ran []string
			var visible int
			tenant.AfterCommit(ctx, func(context.Context) {
				ran = append(ran, "committed")
				visible = w.stored(t, name)
			})
			tenant.AfterRollback(ctx, func(context.Context) { ran = append(ran, "undone") })
			tenant.Afterwards(ctx, func(ctx context.Context) {
				ran = append(ran, "ended")
				if err := ctx.Err(); err != nil {
					t.Errorf("the work has the request's end for its own: %v", err)
				}
				if err := w.In(ctx, w.acme.org, func(context.Context, bun.Tx) error { return nil }); err != nil {
					t.Errorf("the work cannot open a transaction: %v", err)
				}
			})
			if tt.before != nil {
				ctx = tt.before(t, ctx)
			}
			if len(ran) > 0 {
				t.Errorf("before the end: %v", ran)
			}
			if err := op.Close(ctx, tt.commit); (err != nil) != tt.fails {
				t.Errorf("the end answers %v", err)
			}
			if err := op.Close(ctx, true); err != nil {
				t.Error(err)
			}
			if !slices.Equal(ran, tt.hooks) {
				t.Errorf("ran %v, want %v", ran, tt.hooks)
			}
			if visible != tt.stored {
				t.Errorf("at the commit's work %d rows were stored, want %d", visible, tt.stored)
			}
			if got := w.stored(t, name); got != tt.stored {
				t.Errorf("%d rows are stored, want %d", got, tt.stored)
			}
		})
	}
}

func TestOperate(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})
	failure := errors.New("no")
	for _, tt := range []struct {
		name   string
		fn     func() error
		stored int
	}{
		{"what succeeds is committed", func() error { return nil }, 1},
		{"an error undoes it", func() error { return failure }, 0},
		{"a panic undoes it", func() error { panic(failure) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				_ = recover()
				if got := w.stored(t, tt.name); got != tt.stored {
					t.Errorf("%d rows are stored, want %d", got, tt.stored)
				}
			}()
			err := w.Operate(t.Context(), w.acme.claim(), func(ctx context.Context) error {
				if err := w.acme.tag(ctx, tt.name); err != nil {
					t.Error(err)
				}
				return tt.fn()
			})
			if (err == nil) != (tt.stored == 1) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWorkThatSeveralAskForIsDoneOnce(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})
	for commit, want := range map[bool][]string{true: {"a", "b"}, false: nil} {
		ctx, op := w.begin(t, w.acme.claim(), true)
		var ran []string
		for _, key := range []string{"a", "b", "a"} {
			tenant.AfterCommitOnce(ctx, key, func(context.Context) { ran = append(ran, key) })
		}
		if err := op.Close(ctx, commit); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(ran, want) {
			t.Errorf("committed %t: ran %v, want %v", commit, ran, want)
		}
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})
	// The same person in both organizations.
	w.admin(t, "INSERT INTO profile (org_id, id, user_id) VALUES ($1, gen_random_uuid(), $2)", [16]byte(w.globex.org), [16]byte(w.acme.user))
	count := func(ctx context.Context, tx bun.Tx) (n int) {
		if err := tenant.Row(ctx, tx, "SELECT count(*) FROM profile").Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	err := w.Platform(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		err := tenant.AsUser(ctx, tx, w.acme.user, func() error {
			if n := count(ctx, tx); n != 2 {
				t.Errorf("the user has two memberships and sees %d", n)
			}
			return nil
		})
		if n := count(ctx, tx); n != 0 {
			t.Errorf("afterwards %d members are visible", n)
		}
		if err != nil {
			return err
		}
		if err := tenant.Enter(ctx, tx, w.globex.org); err != nil {
			return err
		}
		if n := count(ctx, tx); n != 2 {
			t.Errorf("Globex has two members, and %d are visible", n)
		}
		err = tenant.Within(ctx, tx, w.acme.org, func() error {
			if n := count(ctx, tx); n != 1 {
				t.Errorf("Acme has one member, and %d are visible", n)
			}
			return nil
		})
		if n := count(ctx, tx); n != 2 {
			t.Errorf("back in Globex, %d members are visible", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
