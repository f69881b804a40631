package tenant_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// TestConnectionCarriesNothing looks at the one connection of a pool after each way in which work on it can end.
func TestConnectionCarriesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{PoolSize: 1, StatementTimeout: 500 * time.Millisecond})
	for _, m := range []member{w.acme, w.globex} {
		w.admin(t, insertTag, [16]byte(m.org), "theirs")
	}
	refused := errors.New("refused")
	seen := func(ctx context.Context) error { // that the context was there at all
		n, err := tags(ctx)
		if err == nil && n != 1 {
			err = errors.New("the organization's own row is not visible")
		}
		return err
	}
	sleep := func(ctx context.Context) error {
		_, err := tenant.Exec(ctx, "SELECT pg_sleep(30)")
		return err
	}
	operation := func(write, commit bool, fn func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			op := w.Begin(w.acme.claim(), write)
			defer func() { err = errors.Join(err, op.Close(ctx, commit)) }()
			ctx = tenant.NewContext(ctx, op)
			if err := seen(ctx); err != nil {
				return err
			}
			return fn(ctx)
		}
	}
	nothing := func(context.Context) error { return nil }
	fails := func(context.Context) error { return refused }
	panics := func(ctx context.Context) error {
		return tenant.Do(ctx, func(context.Context, bun.Tx) error { panic("on purpose") })
	}
	in := func(fn func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) error {
			return w.In(ctx, w.acme.org, func(ctx context.Context, _ bun.Tx) error { return fn(ctx) })
		}
	}
	for name, tt := range map[string]struct {
		work    func(context.Context) error
		fails   bool
		discard bool // the connection was given up, not cleaned
	}{
		"a query that succeeds":              {operation(false, true, nothing), false, false},
		"a mutation that succeeds":           {operation(true, true, nothing), false, false},
		"a mutation that is rolled back":     {operation(true, false, nothing), false, false},
		"a mutation that fails":              {operation(true, false, fails), true, false},
		"a panic that holds the transaction": {operation(true, true, panics), true, false},
		"a statement that takes too long":    {operation(false, true, sleep), true, false},
		"a commit of what has failed":        {operation(true, true, sleep), true, false},
		"a request that was cancelled":       {cancelled(operation(true, true, sleep)), true, true},
		"a query that was cancelled":         {cancelled(operation(false, true, sleep)), true, true},
		"In that succeeds":                   {in(nothing), false, false},
		"In that fails":                      {in(fails), true, false},
		"In that panics":                     {in(func(context.Context) error { panic("on purpose") }), true, false},
	} {
		t.Run(name, func(t *testing.T) { // one after the other: there is one connection
			before := look(t, w)
			if err := recovered(t.Context(), tt.work); (err != nil) != tt.fails {
				t.Fatalf("the work ended with: %v", err)
			}
			after := look(t, w)
			if after.org != "" || after.user != "" || after.rows != 0 || after.inTransaction {
				t.Errorf("left on the connection: %+v", after)
			}
			if same := before.pid == after.pid; same == tt.discard {
				t.Errorf("the same connection as before: %v", same)
			}
		})
	}
	eventually(t, "no session is left in a transaction", func() bool { return w.sessions(t, "state LIKE 'idle in transaction%'") == 0 })
}

// cancelled runs work whose request goes away while its statement runs.
func cancelled(work func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 150*time.Millisecond)
		defer cancel()
		return work(ctx)
	}
}

func recovered(ctx context.Context, work func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Join(err, errors.New("panic"))
		}
	}()
	return work(ctx)
}

type state struct {
	pid           int
	org, user     string
	rows          int
	inTransaction bool
}

// look asks the pool's connection, without a transaction of one's own, what it still carries.
func look(t *testing.T, w *world) (s state) {
	t.Helper()
	// Two statements: within a transaction both would have the time of its beginning.
	var first, second time.Time
	err := w.Bun().QueryRowContext(t.Context(), `SELECT pg_backend_pid(), coalesce(current_setting('app.current_org', true), ''),
		coalesce(current_setting('app.current_user', true), ''), (SELECT count(*) FROM tags) + (SELECT count(*) FROM profile), now()`).
		Scan(&s.pid, &s.org, &s.user, &s.rows, &first)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Bun().QueryRowContext(t.Context(), "SELECT now()").Scan(&second); err != nil {
		t.Fatal(err)
	}
	s.inTransaction = first.Equal(second)
	return s
}

func TestBrokenBegin(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{PoolSize: 1})
	work := func() error {
		return w.In(t.Context(), w.acme.org, func(ctx context.Context, tx bun.Tx) error {
			_, err := tenant.Run(ctx, tx, "SELECT")
			return err
		})
	}
	if err := work(); err != nil {
		t.Fatal(err)
	}
	// Now the second half of the beginning fails, after BEGIN.
	w.admin(t, "REVOKE EXECUTE ON FUNCTION set_config(text, text, boolean) FROM PUBLIC")
	if err := work(); err == nil {
		t.Fatal("there was a transaction without its organization")
	}
	w.admin(t, "GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO PUBLIC")
	if err := work(); err != nil {
		t.Errorf("the connection went back into the pool with half a transaction: %v", err)
	}
}
